package pattern

import "hash/maphash"

func bytesHash(b []byte) uint64 { return maphash.Bytes(seed, b) }

// indexFold finds s, which is in lower case, in b.
func indexFold(b []byte, s string) int {
	for i := 0; i+len(s) <= len(b); i++ {
		if equalFold(b[i:i+len(s)], s) {
			return i
		}
	}
	return -1
}

// delimiters end the parts that dir and dom compare.
var delimiters = [methods]string{Dir: "/?", Dom: "/?.:"}

func delimiter(ch byte, set string) bool {
	for i := range len(set) {
		if set[i] == ch {
			return true
		}
	}
	return false
}

func lower(ch byte) byte {
	if 'A' <= ch && ch <= 'Z' {
		ch += 'a' - 'A'
	}
	return ch
}

func foldString(s string) string {
	b := []byte(s)
	for i, ch := range b {
		b[i] = lower(ch)
	}
	return string(b)
}
