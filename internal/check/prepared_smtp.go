package check

import (
	"strconv"
	"strings"
)

// smtpLines takes the lines of a reply apart (RFC 5321 4.2): its code, 0 without,
// and the text of its first line. wait means that more lines are to come.
func smtpLines(b []byte, final bool) (first string, code int, text string, wait bool) {
	rest := string(b)
	for n := 0; ; n++ {
		line, after, whole := strings.Cut(rest, "\r\n")
		if !whole && !final {
			return "", 0, "", true
		}
		if n == 0 {
			first = line
			if len(line) >= 3 {
				code, _ = strconv.Atoi(line[:3]) // 0 when it is none
			}
			if len(line) > 4 {
				text = strings.TrimLeft(line[4:], " ")
			}
		}
		if len(line) < 4 || line[3] != '-' || !whole {
			return first, code, text, false
		}
		rest = after
	}
}

// smtpGreeting wants a first line of SMTP, and a good one.
func smtpGreeting(r *run, b []byte, final bool) verdict {
	first, code, _, wait := smtpLines(b, final)
	if !wait && (code < 100 || len(first) > 3 && first[3] != ' ') {
		return verdict{status: "L7RSP", info: first}
	}
	return smtpReply(r, b, final)
}

// smtpReply wants all lines of a good reply.
func smtpReply(_ *run, b []byte, final bool) verdict {
	_, code, text, wait := smtpLines(b, final)
	switch {
	case wait:
		return verdict{wait: true}
	case code < 200 || code > 299:
		return verdict{status: "L7STS", code: code, info: text}
	}
	return verdict{}
}

// smtpGoodbye wants the reply to QUIT, which is reported.
func smtpGoodbye(r *run, b []byte, final bool) verdict {
	v := smtpReply(r, b, final)
	if !v.wait && v.status == "" {
		v.last = true
		_, v.code, v.info, _ = smtpLines(b, final)
	}
	return v
}
