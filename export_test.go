package dewar

import (
	"time"
	"unsafe"
)

// RequestSize is what Wrap allocates for each request, in bytes.
const RequestSize = unsafe.Sizeof(request{})

// Patient is an observer that requests wait for, however long it takes on a busy
// machine: tests look at what it was told right after a response.
// nil is the one of those who have none.
func Patient(o Observer) Observer {
	if o == nil {
		o = standard
	}
	return guard(o, time.Minute)
}
