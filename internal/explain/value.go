package explain

import (
	"encoding/hex"
	"strconv"
)

// Value records the value of an expression. Bytes are shown in quotes, those that
// are no text escaped; binary ones in hexadecimal.
func (r *Recorder) Value(expr, kind string, value string) {
	r.add(&Node{Kind: Sample, Text: clip(expr), Type: kind, Value: value})
}

// Missing records an expression that has no value.
func (r *Recorder) Missing(expr string) {
	r.add(&Node{Kind: Sample, Text: clip(expr), Result: "missing"})
}

// Quote shows text.
func Quote(b []byte) string {
	if len(b) > maxText {
		return strconv.Quote(string(b[:maxText])) + "… (" + strconv.Itoa(len(b)) + " bytes)"
	}
	return strconv.Quote(string(b))
}

// Hex shows bytes that are no text.
func Hex(b []byte) string {
	if len(b) > maxText/2 {
		return "0x" + hex.EncodeToString(b[:maxText/2]) + "… (" + strconv.Itoa(len(b)) + " bytes)"
	}
	return "0x" + hex.EncodeToString(b)
}
