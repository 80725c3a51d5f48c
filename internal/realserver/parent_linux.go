package realserver

import "syscall"

// dieWithParent has the kernel kill a server when the test binary is killed,
// where no cleanup runs. (The kernel watches the thread that started it; Go
// ends threads only under goroutines that die locked to theirs.)
func dieWithParent() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}
