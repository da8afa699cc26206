// Package reload is "sluice reload" and "sluice check": they ask a running master
// to reload, or to try whether it could, print what that master said about it, and
// end with a status that scripts and unit files can use.
package reload

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"time"
)

// Exit statuses.
const (
	succeeded = 0
	failed    = 1 // the new configuration is not in force; the old one is
	unknown   = 2 // nobody could be asked, or nobody answered in time
)

// DefaultSocket is the address of the master that the packaged unit starts.
const DefaultSocket = "/run/sluice/master.sock"

// maxAnswer bounds what is read: a startup log is far smaller.
const maxAnswer = 4 << 20

// Main reads the words after "reload" and returns the exit status.
func Main(args []string) int { return Run(args, os.Stdout, os.Stderr) }

// Run is Main with its outputs: the load's messages go to stdout, what keeps this
// program from its work to stderr.
func Run(args []string, stdout, stderr io.Writer) int {
	flags, addr, limit := flagsOf("sluice reload", stderr)
	hard := flags.Bool("hard", false, "end the old worker's connections at once (hard-reload)")
	quiet := flags.Bool("q", false, "print nothing if the reload succeeds")
	if !parse(flags, args, limit) {
		return unknown
	}
	command := "reload"
	if *hard {
		command = "hard-reload"
	}
	ok, log, err := ask(*addr, command, *limit)
	if err != nil {
		fmt.Fprintf(stdout, "%s", log)
		fmt.Fprintf(stderr, "sluice reload: %v\n", err)
		return unknown
	}
	if !ok {
		fmt.Fprintf(stdout, "%s", log)
		fmt.Fprintf(stderr, "sluice reload: the reload failed, the configuration in force is still the old one\n")
		return failed
	}
	if !*quiet {
		fmt.Fprintf(stdout, "%s", log)
	}
	return succeeded
}

// flagsOf are the flags that all these subcommands have.
func flagsOf(name string, stderr io.Writer) (flags *flag.FlagSet, addr *string, limit *time.Duration) {
	flags = flag.NewFlagSet(name, flag.ContinueOnError)
	flags.SetOutput(stderr)
	addr = flags.String("S", cmp.Or(os.Getenv("MASTER_SOCKET"), DefaultSocket), "`address` of the master CLI, as given to sluice -S (default: $MASTER_SOCKET)")
	return flags, addr, flags.Duration("t", 90*time.Second, "how long to wait for the result")
}

// parse reads the words of a subcommand; what is wrong with them is told.
func parse(flags *flag.FlagSet, args []string, limit *time.Duration) bool {
	if flags.Parse(args) != nil {
		return false
	}
	if flags.NArg() > 0 || *limit <= 0 {
		flags.Usage()
		return false
	}
	return true
}

// ask sends a command and returns the result and the messages of the load. The
// answer is "Success=0" or "Success=1", then, if there are any messages, "--" and
// these.
func ask(addr, command string, limit time.Duration) (ok bool, log string, err error) {
	end := time.Now().Add(limit)
	network, name := parseAddress(addr)
	c, err := net.DialTimeout(network, name, limit)
	if err != nil {
		return false, "", err
	}
	defer c.Close()
	c.SetDeadline(end)
	if _, err := io.WriteString(c, command+"\n"); err != nil {
		return false, "", err
	}
	b, err := io.ReadAll(io.LimitReader(c, maxAnswer))
	result, rest, _ := strings.Cut(string(b), "\n")
	log = strings.TrimRight(strings.TrimPrefix(rest, "--\n"), "\n")
	if log != "" {
		log += "\n"
	}
	var timeout net.Error
	switch {
	case result == "Success=1":
		return true, log, nil
	case result == "Success=0":
		return false, log, nil
	case errors.As(err, &timeout) && timeout.Timeout():
		return false, "", fmt.Errorf("no result within %v; what was asked for goes on", limit)
	case err != nil:
		return false, "", err
	case result == "":
		return false, "", fmt.Errorf("%s closed the connection without an answer", addr)
	}
	return false, "", fmt.Errorf("%s: %s", addr, result)
}

// parseAddress takes an address as it was given to -S, options included.
func parseAddress(s string) (network, name string) {
	s, _, _ = strings.Cut(s, ",")
	kind, rest, prefixed := strings.Cut(s, "@")
	switch {
	case prefixed && kind == "unix":
		return "unix", rest
	case prefixed && kind == "abns": // padded with zeros, as on a bind line
		return "unix", "@" + rest + strings.Repeat("\x00", max(0, 107-len(rest)))
	case prefixed && kind == "abnsz":
		return "unix", "@" + rest
	case prefixed && (kind == "ipv4" || kind == "ipv6"):
		return "tcp", rest
	case strings.HasPrefix(s, "/"):
		return "unix", s
	case strings.HasPrefix(s, "*:"):
		return "tcp", s[1:]
	}
	return "tcp", s
}
