package hash

import "testing"

// The values are those of HAProxy's converters of the same names.
func TestFunctions(t *testing.T) {
	for _, tt := range []struct {
		name string
		f    func([]byte) uint32
		want map[string]uint32
	}{
		{"sdbm", SDBM, map[string]uint32{"": 0, "a": 97, "ab": 6363201, "abc": 807794786}},
		{"djb2", DJB2, map[string]uint32{"": 5381, "a": 177670, "ab": 5863208, "abc": 193485963}},
		{"crc32", CRC32, map[string]uint32{"": 0, "a": 3904355907, "ab": 2659403885, "abc": 891568578}},
		{"wt6", WT6, map[string]uint32{"": 0xf99a0360, "a": 1900802597, "ab": 314091001, "abc": 2483038440, "\x80": 0x72cffa65, "\xff": 0x73331aa5}},
		{"wt6 avalanche", func(b []byte) uint32 { return Avalanche(WT6(b)) }, map[string]uint32{"": 2385687481, "a": 1986649387, "ab": 988008184}},
		{"none", None, map[string]uint32{"": 0, "12": 12, "007": 7, "12abc": 12, "abc": 0, "-1": 1<<32 - 1, "+5": 5, "0x10": 0, "-": 0, "--5": 0,
			"4294967297": 1, "99999999999999999999": 1<<32 - 1, "9223372036854775807": 1<<32 - 1, "9223372036854775808": 1<<32 - 1,
			"-9223372036854775808": 0, "-9223372036854775809": 0, "-9223372036854775807": 1}},
		{"xxh32", func(b []byte) uint32 { return XXH32(b, 0) }, map[string]uint32{"foo": 0xe20f0dd9}},
	} {
		for key, want := range tt.want {
			if got := tt.f([]byte(key)); got != want {
				t.Errorf("%s of %q: %d, want %d", tt.name, key, got, want)
			}
		}
	}
}

func TestXXH3AllLengths(t *testing.T) {
	b := make([]byte, 5000)
	for i := range b {
		b[i] = byte(i * 7)
	}
	seen := map[uint64]int{}
	for n := range b {
		for _, seed := range []uint64{0, 5} {
			h := XXH3(b[:n], seed)
			if m, ok := seen[h]; ok {
				t.Fatalf("%d and %d bytes hash alike", m, n)
			}
			seen[h] = n
		}
		XXH64Seed(b[:n], 3)
	}
}
