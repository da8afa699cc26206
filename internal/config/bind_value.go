package config

import (
	"errors"
	"fmt"
	"strconv"
	"time"
)

func parseBindMSS(_ *Parser, b *Bind, a []string) error {
	if a[0] == "" {
		return errors.New("missing MSS value")
	}
	n, ok := parseInt(a[0], -65535, 65535)
	if !ok || n == 0 {
		return errors.New("expects an MSS with and absolute value between 1 and 65535")
	}
	b.MSS = n
	return nil
}

func parseBindUserTimeout(p *Parser, b *Bind, a []string) error {
	if a[0] == "" {
		return errors.New("missing TCP User Timeout value")
	}
	d, err := p.delay(a[0], time.Millisecond)
	if err == errTimerOverflow {
		return fmt.Errorf("timer overflow in argument '%s' (maximum value is 2147483647 ms or ~24.8 days)", clip(a[0]))
	} else if err != nil {
		return errors.New("expects a positive delay in milliseconds")
	}
	b.UserTimeout = d
	return nil
}

// parseBindTOS reads a byte, as the actions that set one do: decimal, or
// hexadecimal after "0x".
func parseBindTOS(_ *Parser, b *Bind, a []string) error {
	if a[0] == "" {
		return errors.New("missing value")
	}
	n, err := strconv.ParseUint(a[0], 0, 8)
	if err != nil {
		return fmt.Errorf("invalid value %s, expects an integer between 0 and 255", clip(a[0]))
	}
	b.TOS = int(n)
	return nil
}

// maxMD5Password is the kernel's limit (TCP_MD5SIG_MAXKEYLEN).
const maxMD5Password = 80

func parseBindMD5(_ *Parser, b *Bind, a []string) error {
	switch {
	case a[0] == "":
		return errors.New("missing TCP MD5 signature password")
	case len(a[0]) > maxMD5Password:
		return errors.New("password too long (at most 80 characters expected)")
	}
	b.MD5Password = a[0]
	return nil
}

func parseBindSaveSYN(_ *Parser, b *Bind, a []string) error {
	n, ok := parseInt(a[0], 0, 2)
	if !ok {
		return errors.New("TCP Save SYN option expects an integer argument from 0 to 2")
	}
	b.SaveSYN = n
	return nil
}

func parseBindNetScaler(_ *Parser, b *Bind, a []string) error {
	if a[0] == "" {
		return errors.New("missing value")
	}
	n, err := strconv.ParseUint(a[0], 10, 32)
	if err != nil || n == 0 {
		return fmt.Errorf("invalid value %s, must be a number from 1 to 4294967295", clip(a[0]))
	}
	b.NetScaler = uint32(n)
	return nil
}

func parseBindShards(_ *Parser, b *Bind, a []string) error {
	switch a[0] {
	case "":
		return errors.New("missing value")
	case "by-thread":
		b.Shards = ShardsByThread
	case "by-group":
		b.Shards = ShardsByGroup
	default:
		n, ok := parseInt(a[0], 1, MaxThreads)
		if !ok {
			v, _ := strconv.Atoi(a[0])
			return fmt.Errorf("invalid value %d, allowed range is 1..1024 or 'by-thread'", v)
		}
		b.Shards = n
	}
	return nil
}

func parseBindThread(_ *Parser, b *Bind, a []string) error {
	if a[0] == "" {
		return errors.New("missing value")
	}
	set, err := ParseThreadSet(a[0])
	if err != nil {
		return errGone(err.Error())
	}
	b.Threads = set
	return nil
}

// parseBindProto takes the names of the reference's multiplexers. Whether one
// fits the frontend is known when its mode is: see checkBinds.
func parseBindProto(p *Parser, b *Bind, a []string) error {
	switch a[0] {
	case "":
		return errors.New("missing value")
	case "h1", "none", "fcgi", "spop":
	case "h2":
		p.lacks(p.pos, "HTTP/2", "'proto h2'")
	case "quic", "qmux":
		p.lacks(p.pos, "QUIC", "'proto "+a[0]+"'")
	default:
		return fmt.Errorf(" unknown MUX protocol '%s'", clip(a[0]))
	}
	b.Proto = a[0]
	return nil
}

func parseBindIdlePing(p *Parser, b *Bind, a []string) error {
	d, rest, err := parseTime(a[0], time.Millisecond)
	bad, isBad := err.(badByte)
	switch {
	case err == errNoDelay:
		return errGone("'idle-ping' expects an argument.")
	case err == errTimerOverflow:
		return errGone(fmt.Sprintf("timer overflow in argument <%s> to <idle-ping> on bind line, maximum value is 2147483647 ms (~24.8 days).", clip(a[0])))
	case isBad:
		return errGone("unexpected character '" + string(rune(bad)) + "' in 'idle-ping' argument on bind line.")
	case rest != "":
		return errGone("unexpected character '" + rest[:1] + "' in 'idle-ping' argument on bind line.")
	}
	b.IdlePing = d
	return nil
}

// parseBindNbconn: reverse HTTP ("rhttp@") is not built, and only its listeners
// have connections to count.
func parseBindNbconn(p *Parser, _ *Bind, _ []string) error {
	if !p.spec.Global.ExposeExperimental {
		return errGone("'nbconn' is experimental, must be allowed via a global 'expose-experimental-directives'")
	}
	return errors.New("only valid for reverse HTTP listeners.")
}
