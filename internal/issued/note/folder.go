//go:build unix

package note

// folder is where the files are. In this source there is none, and nothing is
// noted; the parent's variant of this file names one.
const folder = ""
