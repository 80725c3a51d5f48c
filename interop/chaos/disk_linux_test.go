package chaos

import "syscall"

// mount mounts a small file system at dir.
func mount(dir string) error { return syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=16m") }

func unmount(dir string) { _ = syscall.Unmount(dir, syscall.MNT_DETACH) }

func remount(dir string, readOnly bool) error {
	flags := uintptr(syscall.MS_REMOUNT)
	if readOnly {
		flags |= syscall.MS_RDONLY
	}
	return syscall.Mount("", dir, "", flags, "")
}
