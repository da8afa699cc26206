package sample

import (
	"bytes"
	"errors"
	"strconv"
)

// FIX messages, of which exchanges are made: "tag=value" fields, each with SOH
// behind it (manual 7.3.1: fix_is_valid, fix_tag_value).

// Tags that have a place in every message.
const (
	fixBeginString  = 8
	fixBodyLength   = 9
	fixMsgType      = 35
	fixSenderCompID = 49
	fixTargetCompID = 56
	fixCheckSum     = 10
)

var fixTags = map[string]int64{
	"BeginString": fixBeginString, "BodyLength": fixBodyLength, "MsgType": fixMsgType,
	"SenderCompID": fixSenderCompID, "TargetCompID": fixTargetCompID, "CheckSum": fixCheckSum,
}

var fixVersions = []string{"FIX.4.0", "FIX.4.1", "FIX.4.2", "FIX.4.3", "FIX.4.4", "FIXT.1.1"}

const soh = 1

// fixNext cuts the next field off.
func fixNext(b []byte) (tag int64, value, rest []byte, ok bool) {
	field, rest, ok := bytes.Cut(b, []byte{soh})
	if !ok {
		return 0, nil, nil, false
	}
	key, value, ok := bytes.Cut(field, []byte{'='})
	if !ok || len(key) == 0 || len(value) == 0 {
		return 0, nil, nil, false
	}
	tag, n := leadingInt(key)
	return tag, value, rest, n == len(key) && key[0] != '-'
}

func convFIXValid(c *Ctx, s *Sample) bool {
	valid := fixValid(s.Data)
	return c.judged(s, valid, !valid && fixShort(s.Data))
}

// fixLeast is the size of the smallest message that the reference judges.
const fixLeast = 26

// fixShort says whether b is too short to be judged: a field that has not ended
// yet, or a body that is shorter than promised.
func fixShort(b []byte) bool {
	if len(b) < fixLeast {
		return true
	}
	tags := [...]int64{fixBeginString, fixBodyLength}
	for i, want := range tags {
		if bytes.IndexByte(b, soh) < 0 || bytes.IndexByte(b, '=') < 0 {
			return true
		}
		tag, value, rest, ok := fixNext(b)
		if !ok || tag != want || i == 0 && !isOneOf(value, fixVersions) {
			return false
		}
		b = rest
		if i == 0 {
			continue
		}
		size, n := leadingInt(value)
		if n != len(value) || size <= 0 {
			return false
		}
		if size >= int64(len(b)) {
			return true
		}
		b = b[size:]
	}
	return bytes.IndexByte(b, soh) < 0 // of the checksum
}

// fixValid says whether b begins with a whole message: version, length and type
// first, the checksum last.
func fixValid(b []byte) bool {
	tag, value, rest, ok := fixNext(b)
	if !ok || tag != fixBeginString || !isOneOf(value, fixVersions) {
		return false
	}
	tag, value, rest, ok = fixNext(rest)
	size, n := leadingInt(value)
	if !ok || tag != fixBodyLength || n != len(value) || size <= 0 || size > int64(len(rest)) {
		return false
	}
	body, trailer := rest[:size], rest[size:]
	if body[len(body)-1] != soh {
		return false
	}
	for i := 0; len(body) > 0; i++ {
		if tag, _, body, ok = fixNext(body); !ok || (i == 0) != (tag == fixMsgType) && i == 0 {
			return false
		}
	}
	sum := byte(0)
	for _, c := range b[:len(b)-len(trailer)] {
		sum += c
	}
	tag, value, _, ok = fixNext(trailer)
	given, n := leadingInt(value)
	return ok && tag == fixCheckSum && len(value) == 3 && n == 3 && given == int64(sum)
}

func isOneOf(b []byte, list []string) bool {
	for _, s := range list {
		if string(b) == s {
			return true
		}
	}
	return false
}

func compileFIXTag(a []Arg, _ *Scope) (Eval, error) {
	want, ok := fixTags[a[0].Text]
	if !ok {
		n, err := strconv.ParseUint(a[0].Text, 10, 31)
		if err != nil || n == 0 {
			return nil, errors.New("Unknown FIX tag name '" + a[0].Text + "'")
		}
		want = int64(n)
	}
	return func(_ *Ctx, s *Sample) bool {
		for b := s.Data; ; {
			tag, value, rest, ok := fixNext(b)
			if !ok {
				return false
			}
			if tag == want {
				return s.setBin(value)
			}
			b = rest
		}
	}, nil
}
