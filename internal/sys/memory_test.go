package sys

import (
	"os"
	"runtime"
	"testing"
)

func TestResidentMemory(t *testing.T) {
	before, err := ResidentMemory(os.Getpid())
	if err != nil || before < 1<<20 {
		t.Fatalf("%d %v", before, err)
	}
	const more = 32 << 20
	b := make([]byte, more)
	for i := 0; i < len(b); i += 4096 {
		b[i] = 1
	}
	after, err := ResidentMemory(os.Getpid())
	if err != nil || after < before+more/2 {
		t.Errorf("%d bytes, and with %d more %d, %v", before, more, after, err)
	}
	runtime.KeepAlive(b)
	if _, err := ResidentMemory(-1); err == nil {
		t.Error("a process -1 has memory")
	}
}
