//go:build unix && !linux

package realserver

import "syscall"

// dieWithParent does nothing: only Linux ends a child with its parent.
func dieWithParent() *syscall.SysProcAttr { return new(syscall.SysProcAttr) }
