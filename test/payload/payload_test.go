package payload

import "testing"

func TestFillAtAnyOffset(t *testing.T) {
	whole := Bytes(7, 100)
	for off := range 100 {
		p := make([]byte, 100-off)
		Fill(p, 7, int64(off))
		if string(p) != string(whole[off:]) {
			t.Fatalf("offset %d differs", off)
		}
	}
}

func TestCheckerFindsEveryWrongByte(t *testing.T) {
	for i := range 64 {
		p := Bytes(3, 64)
		p[i] ^= 1
		c := Checker{Seed: 3}
		c.Write(p[:10])
		c.Write(p[10:])
		if c.Bad != int64(i)+1 {
			t.Fatalf("wrong byte %d reported as %d", i, c.Bad-1)
		}
	}
}

func TestVerdict(t *testing.T) {
	c := Checker{Seed: 3}
	c.Write(Bytes(3, 10))
	if v := c.Verdict(10); v != "" {
		t.Errorf("a right body: %s", v)
	}
	if c.Verdict(11) == "" {
		t.Error("a short body was not noticed")
	}
}
