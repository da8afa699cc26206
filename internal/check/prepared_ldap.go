package check

// ldapAnswer wants a bind response (RFC 4511 4.2.2) of success.
func ldapAnswer(_ *run, b []byte, final bool) verdict {
	not := verdict{status: "L7RSP", info: "Not LDAPv3 protocol"}
	short := verdict{status: "L7RSP", wait: !final}
	if len(b) < 14 && !final {
		return verdict{wait: true}
	}
	if len(b) == 0 || b[0] != 0x30 {
		return not
	}
	_, b, ok := berLength(b[1:])
	if !ok || len(b) < 4 {
		return short
	}
	if b[0] != 2 || b[1] != 1 || b[2] != 1 || b[3] != 0x61 {
		return not
	}
	_, b, ok = berLength(b[4:])
	if !ok || len(b) < 3 {
		return short
	}
	switch {
	case b[0] != 0x0a || b[1] != 1:
		return not
	case b[2] != 0:
		return verdict{status: "L7STS", code: int(b[2]), info: "See RFC: http://tools.ietf.org/html/rfc4511#section-4.1.9"}
	}
	return verdict{last: true, info: "Success"}
}

// berLength takes a definite length off b (X.690 8.1.3).
func berLength(b []byte) (n int, rest []byte, ok bool) {
	if len(b) == 0 {
		return 0, nil, false
	}
	if b[0] < 0x80 {
		return int(b[0]), b[1:], true
	}
	k := int(b[0] & 0x7f)
	if k > 4 || len(b) < 1+k {
		return 0, nil, false
	}
	for _, c := range b[1 : 1+k] {
		n = n<<8 | int(c)
	}
	return n, b[1+k:], true
}
