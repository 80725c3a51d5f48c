package deflate

import (
	"bufio"
	"encoding/binary"
	"io"
	"os"
	"os/exec"
	"regexp"
	"testing"
)

// pythonScript answers with its zlib version, then to every pair of frames
// (data, stream) with zlib.compress(data) and what stream inflates to.
const pythonScript = `
import struct, sys, zlib
r, w = sys.stdin.buffer, sys.stdout.buffer
def put(b):
    w.write(struct.pack("<I", len(b)) + b)
def get():
    head = r.read(4)
    if not head:
        sys.exit()
    return r.read(struct.unpack("<I", head)[0])
put(zlib.ZLIB_RUNTIME_VERSION.encode())
w.flush()
while True:
    data, stream = get(), get()
    put(zlib.compress(data))
    try:
        put(zlib.decompress(stream))
    except zlib.error as e:
        put(str(e).encode())
    w.flush()
`

// A python is a running interpreter with zlib.
type python struct {
	version string
	in      *bufio.Writer
	out     *bufio.Reader
}

// startPython starts the interpreter that DEWAR_PYTHON names, or python3. It
// skips the test if there is none, except on CI, where that is a failure.
func startPython(t *testing.T) *python {
	t.Helper()
	name := os.Getenv("DEWAR_PYTHON")
	if name == "" {
		name = "python3"
	}
	path, err := exec.LookPath(name)
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("the comparison with Python's zlib needs %s: %v", name, err)
		}
		t.Skipf("no comparison with Python's zlib: %v", err)
	}
	cmd := exec.Command(path, "-c", pythonScript)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		in.Close()
		if err := cmd.Wait(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	})
	p := &python{in: bufio.NewWriter(in), out: bufio.NewReader(out)}
	p.version = string(p.get(t))
	return p
}

// classicVersion matches the versions of zlib that make the choices of this
// package. zlib-ng, standing in for zlib, says "1.3.1.zlib-ng" and the like.
var classicVersion = regexp.MustCompile(`^1\.(2\.1[1-3]|3(\.\d+)?)$`)

func (p *python) classic() bool { return classicVersion.MatchString(p.version) }

// ask returns zlib.compress(data), and what stream inflates to.
func (p *python) ask(t *testing.T, data, stream []byte) (compressed, inflated []byte) {
	t.Helper()
	p.put(data)
	p.put(stream)
	if err := p.in.Flush(); err != nil {
		t.Fatal(err)
	}
	return p.get(t), p.get(t)
}

// put leaves errors to the Flush that follows.
func (p *python) put(b []byte) {
	p.in.Write(binary.LittleEndian.AppendUint32(nil, uint32(len(b))))
	p.in.Write(b)
}

func (p *python) get(t *testing.T) []byte {
	t.Helper()
	var head [4]byte
	if _, err := io.ReadFull(p.out, head[:]); err != nil {
		t.Fatalf("reading from Python: %v", err)
	}
	b := make([]byte, binary.LittleEndian.Uint32(head[:]))
	if _, err := io.ReadFull(p.out, b); err != nil {
		t.Fatalf("reading from Python: %v", err)
	}
	return b
}
