//go:build unix

package wire

import (
	"net"
	"syscall"
)

// aliveness gives what tells, without waiting, whether an idle connection is still
// good: nothing has come, not even its end. nil: nothing tells.
func aliveness(nc net.Conn) func() bool {
	sc, ok := nc.(syscall.Conn)
	if !ok {
		return nil
	}
	raw, err := sc.SyscallConn()
	if err != nil {
		return nil
	}
	var got error
	look := func(fd uintptr) bool {
		var b [1]byte
		_, _, got = syscall.Recvfrom(int(fd), b[:], syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
		return true
	}
	return func() bool { return raw.Read(look) == nil && (got == syscall.EAGAIN || got == syscall.EWOULDBLOCK) }
}
