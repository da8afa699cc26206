package test

import (
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/sluice-proxy/sluice/test/harness"
)

// A signalRow says what signals do that somebody sends to a process (M is the
// master, A the first worker, B the next) in a state of the master (see scenes).
type signalRow struct {
	state, to, signals string
	want               string // outcome, see scene.outcome
	// reference is the reference's outcome where it is another one, by a weakness
	// of its model that the behaviour here is to be free of.
	reference string
	says      []string // in this order
}

const (
	exiting = "[WARNING]  (M) : Exiting Master process...\n"
	reload  = "[NOTICE]   (M) : Reloading HAProxy\n"
)

func ended(worker string, as string) string {
	return "(M) : Current worker (" + worker + ") exited with code " + as
}
func former(worker, as string) string {
	return "[WARNING]  (M) : Former worker (" + worker + ") exited with code " + as
}
func failed(worker, as string) string {
	return "[WARNING]  (M) : Failed to load worker (" + worker + ") exited with code " + as
}
func all(status int) string {
	return fmt.Sprintf("[WARNING]  (M) : All workers exited. Exiting... (%d)\n", status)
}
func begins(worker string) string {
	return "[NOTICE]   (M) : Initializing new worker (" + worker + ")\n"
}

var signalRows = []signalRow{
	// The master, idle.
	{"serving", "M", "TERM", "exit 0", "", []string{exiting, "[ALERT]    " + ended("A", "143 (Terminated)\n"), all(0)}},
	{"serving", "M", "INT", "exit 130", "", []string{exiting, "[ALERT]    " + ended("A", "130 (Interrupt)\n"), all(130)}},
	{"serving", "M", "USR1", "exit 0", "", []string{exiting, "(A) : Proxy web stopped (cumulated conns: FE: ", "[WARNING]  " + ended("A", "0 (Exit)\n"), all(0)}},
	{"serving", "M", "USR2 HUP", "workers B, open", "", []string{reload, begins("B"), "[NOTICE]   (M) : Loading success.\n", former("A", "0 (Exit)\n")}},
	{"serving", "M", "TTOU", "workers A, closed", "", []string{"[WARNING]  (A) : Paused frontend web.\n", "[WARNING]  (A) : Paused proxy tcp.\n"}},
	{"serving", "M", "TTIN QUIT PIPE CHLD", "workers A, open", "", nil},
	{"serving", "M", "ABRT", "exit 134", "", nil},
	{"serving", "M", "SEGV", "exit 139", "", nil},
	{"serving", "M", "KILL", "exit 137", "", nil},
	// The worker that serves. W-11: in the reference all ends with it.
	{"serving", "A", "USR1", "workers B, open", "exit 0", []string{"(A) : Proxy web stopped", "[WARNING]  " + ended("A", "0 (Exit)\n"), begins("B")}},
	{"serving", "A", "TERM", "workers B, open", "exit 0", []string{"[ALERT]    " + ended("A", "143 (Terminated)\n"), begins("B")}},
	{"serving", "A", "INT", "workers B, open", "exit 130", []string{"[ALERT]    " + ended("A", "130 (Interrupt)\n"), begins("B")}},
	{"serving", "A", "ABRT", "workers B, open", "exit 134", []string{"[ALERT]    " + ended("A", "134 (Aborted)\n"), begins("B")}},
	{"serving", "A", "SEGV", "workers B, open", "exit 139", []string{"[ALERT]    " + ended("A", "139 (Segmentation fault)\n"), begins("B")}},
	{"serving", "A", "KILL", "workers B, open", "exit 137", []string{"[ALERT]    " + ended("A", "137 (Killed)\n"), begins("B")}},
	{"serving", "A", "TTOU", "workers A, closed", "", []string{"[WARNING]  (A) : Paused frontend web.\n", "[WARNING]  (A) : Paused proxy tcp.\n"}},
	{"serving", "A", "HUP", "workers A, open", "", []string{"[WARNING]  (A) : SIGHUP received, dumping servers states.\n", "(A) : SIGHUP: Proxy web has no servers.",
		"[WARNING]  (A) : SIGHUP: Server origins/o1 is UP. Conn: 0 act, 0 pend, 0 tot.\n", "(A) : SIGHUP: Proxy origins has 1 active servers and 0 backup servers available. Conn: act(FE+BE): 0+0, 0 pend (0 unass), tot(FE+BE): 0+0.\n"}},
	{"serving", "A", "USR2 TTIN QUIT PIPE CHLD", "workers A, open", "", nil},

	// The same with "master-worker exit-on-failure", which is the reference's own
	// behaviour.
	{"serving, exit-on-failure", "A", "USR1", "exit 0", "", []string{"[WARNING]  " + ended("A", "0 (Exit)\n"), all(0)}},
	{"serving, exit-on-failure", "A", "TERM", "exit 0", "", []string{"[ALERT]    " + ended("A", "143 (Terminated)\n"), all(0)}},
	{"serving, exit-on-failure", "A", "INT", "exit 130", "", []string{"[ALERT]    " + ended("A", "130 (Interrupt)\n"), all(130)}},
	{"serving, exit-on-failure", "A", "ABRT", "exit 134", "", []string{"[ALERT]    " + ended("A", "134 (Aborted)\n"), "[WARNING]  (M) : A worker process unexpectedly died and this can only be explained by a bug in ",
		"[ALERT]    (M) : exit-on-failure: killing every processes with SIGTERM\n", all(134)}},
	{"serving, exit-on-failure", "A", "SEGV", "exit 139", "", []string{"[ALERT]    " + ended("A", "139 (Segmentation fault)\n"), all(139)}},
	{"serving, exit-on-failure", "A", "KILL", "exit 137", "", []string{"[ALERT]    " + ended("A", "137 (Killed)\n"), all(137)}},

	{"draining, exit-on-failure", "B", "USR1", "workers -, old A, closed", "", []string{"[WARNING]  " + ended("B", "0 (Exit)\n")}},
	{"draining, exit-on-failure", "B", "TERM", "workers -, old A, closed", "", []string{"[ALERT]    " + ended("B", "143 (Terminated)\n")}},
	{"draining, exit-on-failure", "B", "INT", "workers -, old A, closed", "", []string{"[ALERT]    " + ended("B", "130 (Interrupt)\n")}},
	{"draining, exit-on-failure", "B", "ABRT", "exit 134", "", []string{"[ALERT]    " + ended("B", "134 (Aborted)\n"), former("A", "143 (Terminated)\n"), all(134)}},
	{"draining, exit-on-failure", "B", "SEGV", "exit 139", "", []string{"[ALERT]    " + ended("B", "139 (Segmentation fault)\n"), former("A", "143 (Terminated)\n"), all(139)}},
	{"draining, exit-on-failure", "B", "KILL", "exit 137", "", []string{"[ALERT]    " + ended("B", "137 (Killed)\n"), former("A", "143 (Terminated)\n"), all(137)}},

	// The first worker loads. W-08: the reference's master dies of the default
	// action and leaves an orphan.
	{"first load", "M", "TERM", "exit 0", "exit 143, left A", []string{exiting, all(0)}},
	{"first load", "M", "INT", "exit 130", "exit 130, left A", []string{exiting, all(130)}},
	{"first load", "M", "USR1", "exit 0", none, []string{exiting, all(0)}}, // the reference dies of it (138), or keeps it for later
	{"first load", "M", "USR2 HUP TTIN QUIT PIPE CHLD", "workers A, closed", "", nil},
	{"first load", "M", "TTOU", "workers A, closed", none, nil}, // stops the reference's master, as ^Z would
	{"first load", "M", "ABRT", "exit 134", "exit 134, left A", nil},
	{"first load", "M", "SEGV", "exit 139", "exit 139, left A", nil},
	{"first load", "M", "KILL", "exit 137", "exit 137, left A", nil},
	{"first load", "A", "TERM", "exit 143", "", []string{failed("A", "143 (Terminated)\n")}},
	{"first load", "A", "INT", "exit 130", "", []string{failed("A", "130 (Interrupt)\n")}},
	{"first load", "A", "USR1", "exit 138", "", []string{failed("A", "138 (User defined signal 1)\n")}},
	{"first load", "A", "ABRT", "exit 134", "", []string{failed("A", "134 (Aborted)\n")}},
	{"first load", "A", "SEGV", "exit 139", "", []string{failed("A", "139 (Segmentation fault)\n")}},
	{"first load", "A", "KILL", "exit 137", "", []string{failed("A", "137 (Killed)\n")}},
	{"first load", "A", "TTIN TTOU CHLD", "workers A, closed", "", nil},
	// Of these a loading worker knows nothing, whether it is the first or not (in the
	// reference, whether it is not): one who reloads every process by name means the
	// master.
	{"first load", "A", "HUP", "workers A, closed", "exit 129", nil},
	{"first load", "A", "USR2", "workers A, closed", "exit 140", nil},
	{"first load", "A", "QUIT", "workers A, closed", "exit 131", nil},
	{"first load", "A", "PIPE", "workers A, closed", "exit 141", nil},

	// B loads beside A. W-06: the reference calls the serving worker old. W-08, W-07:
	// its master dies or does not hear.
	{"reloading", "M", "TERM", "exit 0", "exit 143, left A+B", []string{exiting, all(0)}},
	{"reloading", "M", "INT", "exit 130", "exit 130, left A+B", []string{exiting, all(130)}},
	{"reloading", "M", "USR1", "exit 0", "workers B, old A, open", []string{exiting, all(0)}},
	{"reloading", "M", "TTOU", "workers A+B, closed", "workers B, old A, open", []string{"(A) : Paused frontend web.\n"}},
	{"reloading", "M", "USR2 HUP TTIN QUIT PIPE CHLD", "workers A+B, open", "workers B, old A, open", nil},
	{"reloading", "M", "ABRT", "exit 134", "exit 134, left A+B", nil},
	{"reloading", "M", "SEGV", "exit 139", "exit 139, left A+B", nil},
	{"reloading", "M", "KILL", "exit 137", "exit 137, left A+B", nil},
	{"reloading", "A", "TERM", "workers B+C, open", "workers B, closed", []string{"(A) exited with code 143 (Terminated)\n"}},
	{"reloading", "A", "INT", "workers B+C, open", "workers B, closed", []string{"(A) exited with code 130 (Interrupt)\n"}},
	{"reloading", "A", "USR1", "workers B+C, open", "workers B, closed", []string{"(A) exited with code 0 (Exit)\n"}},
	{"reloading", "A", "ABRT", "workers B+C, open", "workers B, closed", []string{"(A) exited with code 134 (Aborted)\n"}},
	{"reloading", "A", "SEGV", "workers B+C, open", "workers B, closed", []string{"(A) exited with code 139 (Segmentation fault)\n"}},
	{"reloading", "A", "KILL", "workers B+C, open", "workers B, closed", []string{"(A) exited with code 137 (Killed)\n"}},
	{"reloading", "A", "TTOU", "workers A+B, closed", "workers B, old A, closed", []string{"(A) : Paused frontend web.\n"}},
	{"reloading", "A", "HUP", "workers A+B, open", "workers B, old A, open", []string{"(A) : SIGHUP: Server origins/o1 is UP."}},
	{"reloading", "A", "USR2 TTIN QUIT PIPE CHLD", "workers A+B, open", "workers B, old A, open", nil},
	{"reloading", "B", "TERM", "workers A, open", "workers -, old A, open", []string{failed("B", "143 (Terminated)\n")}},
	{"reloading", "B", "INT", "workers A, open", "workers -, old A, open", []string{failed("B", "130 (Interrupt)\n")}},
	{"reloading", "B", "USR1", "workers A, open", "workers B, old A, open", nil}, // the reference: pending, and then the new worker leaves
	{"reloading", "B", "ABRT", "workers A, open", "workers -, old A, open", []string{failed("B", "134 (Aborted)\n")}},
	{"reloading", "B", "SEGV", "workers A, open", "workers -, old A, open", []string{failed("B", "139 (Segmentation fault)\n")}},
	{"reloading", "B", "KILL", "workers A, open", "workers -, old A, open", []string{failed("B", "137 (Killed)\n")}},
	{"reloading", "B", "USR2 HUP TTIN TTOU QUIT PIPE CHLD", "workers A+B, open", "workers B, old A, open", nil},

	// B serves, A has a session left.
	{"draining", "M", "TERM", "exit 0", "", []string{exiting, all(0)}},
	{"draining", "M", "INT", "exit 130", "", []string{exiting, all(130)}},
	{"draining", "M", "USR1", "workers -, old A, closed", "", []string{exiting, "(B) exited with code 0 (Exit)\n"}},
	{"draining", "M", "USR2 HUP", "workers C, old A, open", "", []string{reload, begins("C"), former("B", "0 (Exit)\n")}},
	{"draining", "M", "TTOU", "workers B, old A, closed", "", []string{"(B) : Paused frontend web.\n"}},
	{"draining", "M", "TTIN QUIT PIPE CHLD", "workers B, old A, open", "", nil},
	{"draining", "M", "ABRT", "exit 134", "", nil},
	{"draining", "M", "SEGV", "exit 139", "", nil},
	{"draining", "M", "KILL", "exit 137", "", nil},
	{"draining", "A", "TERM", "workers B, open", "", []string{former("A", "143 (Terminated)\n")}},
	{"draining", "A", "INT", "workers B, open", "", []string{former("A", "130 (Interrupt)\n")}},
	{"draining", "A", "ABRT", "workers B, open", "", []string{former("A", "134 (Aborted)\n")}},
	{"draining", "A", "SEGV", "workers B, open", "", []string{former("A", "139 (Segmentation fault)\n")}},
	{"draining", "A", "KILL", "workers B, open", "", []string{former("A", "137 (Killed)\n")}},
	{"draining", "A", "HUP", "workers B, old A, open", "", []string{"(A) : SIGHUP: Server origins/o1 is UP."}},
	{"draining", "A", "USR1 USR2 TTIN TTOU QUIT PIPE CHLD", "workers B, old A, open", "", nil},
	{"draining", "B", "USR1", "workers C, old A, open", "workers -, old A, closed", []string{ended("B", "0 (Exit)\n")}}, // W-11
	{"draining", "B", "TERM", "workers C, old A, open", "workers -, old A, closed", []string{ended("B", "143 (Terminated)\n")}},
	{"draining", "B", "INT", "workers C, old A, open", "workers -, old A, closed", []string{ended("B", "130 (Interrupt)\n")}},
	{"draining", "B", "ABRT", "workers C, old A, open", "exit 134", []string{ended("B", "134 (Aborted)\n")}},
	{"draining", "B", "SEGV", "workers C, old A, open", "exit 139", []string{ended("B", "139 (Segmentation fault)\n")}},
	{"draining", "B", "KILL", "workers C, old A, open", "exit 137", []string{ended("B", "137 (Killed)\n")}},
	{"draining", "B", "TTOU", "workers B, old A, closed", "", []string{"(B) : Paused frontend web.\n"}},
	{"draining", "B", "HUP", "workers B, old A, open", "", []string{"(B) : SIGHUP: Server origins/o1 is UP."}},
	{"draining", "B", "USR2 TTIN QUIT PIPE CHLD", "workers B, old A, open", "", nil},

	// A soft stop of all, for which A has a session left.
	{"stopping", "M", "TERM", "exit 0", "", []string{exiting, ended("A", "143 (Terminated)\n"), all(0)}},
	{"stopping", "M", "INT", "exit 130", "", []string{exiting, ended("A", "130 (Interrupt)\n"), all(130)}},
	{"stopping", "M", "USR2 HUP", "workers B, old A, open", "", []string{reload, begins("B")}}, // the stop is taken back
	{"stopping", "M", "USR1 TTIN TTOU QUIT PIPE CHLD", "workers A, closed", "", nil},
	{"stopping", "M", "ABRT", "exit 134", "", nil},
	{"stopping", "M", "SEGV", "exit 139", "", nil},
	{"stopping", "M", "KILL", "exit 137", "", nil},
	{"stopping", "A", "TERM", "exit 0", "", []string{"[ALERT]    " + ended("A", "143 (Terminated)\n"), all(0)}},
	{"stopping", "A", "INT", "exit 130", "", []string{"[ALERT]    " + ended("A", "130 (Interrupt)\n"), all(130)}},
	{"stopping", "A", "ABRT", "exit 134", "", []string{"[ALERT]    " + ended("A", "134 (Aborted)\n"), all(134)}},
	{"stopping", "A", "SEGV", "exit 139", "", []string{"[ALERT]    " + ended("A", "139 (Segmentation fault)\n"), all(139)}},
	{"stopping", "A", "KILL", "exit 137", "", []string{"[ALERT]    " + ended("A", "137 (Killed)\n"), all(137)}},
	{"stopping", "A", "HUP", "workers A, closed", "", []string{"(A) : SIGHUP received, dumping servers states.\n"}},
	{"stopping", "A", "USR1 USR2 TTIN TTOU QUIT PIPE CHLD", "workers A, closed", "", nil},

	// Four workers have crashed and the next one waits. The reference does not know
	// this state.
	{"backing off", "M", "TERM USR1", "exit 0", none, []string{exiting, all(0)}},
	{"backing off", "M", "INT", "exit 130", none, []string{exiting, all(130)}},
	{"backing off", "M", "USR2 HUP", "workers E, open", none, []string{reload, begins("E")}},
	{"backing off", "M", "TTIN TTOU QUIT PIPE CHLD", "workers E, open", none, []string{begins("E")}},
	{"backing off", "M", "ABRT", "exit 134", none, nil},
	{"backing off", "M", "SEGV", "exit 139", none, nil},
	{"backing off", "M", "KILL", "exit 137", none, nil},
}

// none: the reference has no such state, or nothing to be seen in it.
const none = "-"

var signalsByName = map[string]syscall.Signal{
	"USR1": syscall.SIGUSR1, "USR2": syscall.SIGUSR2, "HUP": syscall.SIGHUP, "TERM": syscall.SIGTERM, "INT": syscall.SIGINT,
	"QUIT": syscall.SIGQUIT, "TTIN": syscall.SIGTTIN, "TTOU": syscall.SIGTTOU, "PIPE": syscall.SIGPIPE, "CHLD": syscall.SIGCHLD,
	"ABRT": syscall.SIGABRT, "SEGV": syscall.SIGSEGV, "KILL": syscall.SIGKILL,
}

// Every signal in every state, to the master and to each worker. With REF_HAPROXY
// set, the same of that program, whose outcomes the table has as well.
func TestSignalTable(t *testing.T) {
	for _, r := range signalRows {
		for name := range strings.FieldsSeq(r.signals) {
			t.Run(r.state+"/"+r.to+"/"+name, func(t *testing.T) {
				t.Parallel()
				want := r.want
				if reference != "" {
					switch {
					case r.reference == none:
						t.Skip("the reference has none")
					case r.reference != "":
						want, r.says = r.reference, nil
					}
				}
				c := &scene{t: t, s: newService(t), names: map[int]string{}}
				scenes[r.state](c)
				c.send(r.to, signalsByName[name])
				eventually(t, 10*time.Second, "outcome", func() error {
					if got := c.outcome(); got != want {
						return fmt.Errorf("%q, want %q", got, want)
					}
					return missing(c.said(), r.says)
				})
			})
		}
	}
}

// missing is an error unless the text has all parts, in their order.
func missing(text string, parts []string) error {
	rest := text
	for _, part := range parts {
		_, after, ok := strings.Cut(rest, part)
		if !ok {
			return fmt.Errorf("no %q in its place in\n%s", part, text)
		}
		rest = after
	}
	return nil
}

// The table knows every signal in every state and no combination twice.
func TestSignalTableIsWhole(t *testing.T) {
	seen := map[string]bool{}
	places := map[string]bool{}
	for _, r := range signalRows {
		if !strings.HasSuffix(r.state, ", exit-on-failure") { // the others are the same there
			places[r.state+"/"+r.to] = true
		}
		for name := range strings.FieldsSeq(r.signals) {
			key := r.state + "/" + r.to + "/" + name
			if seen[key] {
				t.Errorf("%s twice", key)
			}
			seen[key] = true
		}
	}
	for place := range places {
		for _, name := range slices.Sorted(maps.Keys(signalsByName)) {
			if !seen[place+"/"+name] {
				t.Errorf("no %s/%s", place, name)
			}
		}
	}
}

// A process without a master obeys the same signals, and while it loads as well.
func TestSignalsWithoutMaster(t *testing.T) {
	for _, tt := range []struct {
		loading bool
		signal  string
		rc      int // -1: it goes on
		says    string
	}{
		{true, "TERM", 143, ""}, {true, "INT", 130, ""}, {true, "USR1", 138, ""}, {true, "KILL", 137, ""}, {true, "SEGV", 139, ""}, {true, "ABRT", 134, ""},
		{false, "TERM", 143, ""}, {false, "INT", 130, ""}, {false, "KILL", 137, ""}, {false, "SEGV", 139, ""}, {false, "ABRT", 134, ""},
		{false, "USR1", 0, "Proxy web stopped (cumulated conns: FE: "},
		{false, "HUP", -1, "SIGHUP: Server origins/o1 is UP. Conn: 0 act, 0 pend, 0 tot.\n"},
		{false, "TTOU", -1, "Paused frontend web.\n"},
		{false, "TTIN", -1, ""}, {false, "QUIT", -1, ""}, {false, "PIPE", -1, ""}, {false, "CHLD", -1, ""}, {false, "USR2", -1, ""},
	} {
		t.Run(fmt.Sprintf("loading %t/%s", tt.loading, tt.signal), func(t *testing.T) {
			t.Parallel()
			c := &scene{t: t, s: newService(t), names: map[int]string{}}
			if tt.loading {
				c.p = harness.Start(t, harness.Options{Program: reference, Config: c.stuck(), Standalone: true, NoWait: true, Traces: true})
				c.blocked("M")
			} else {
				c.p = harness.Start(t, harness.Options{Program: reference, Config: c.s.Config("", ""), Standalone: true, Await: []string{c.s.HTTP, c.s.TCP}, Traces: true})
			}
			c.send("M", signalsByName[tt.signal])
			if tt.rc >= 0 {
				if rc := c.p.AwaitExit(5 * time.Second); rc != tt.rc {
					t.Errorf("exit status %d, want %d", rc, tt.rc)
				}
			}
			eventually(t, 5*time.Second, "message", func() error { return missing(c.said(), []string{tt.says}) })
			if tt.rc < 0 && tt.signal != "TTOU" {
				harness.MustGet(t, c.s.HTTP, "/echo")
			}
		})
	}
}

// Who ends the command that waits for a daemon ends no more than that.
func TestSignalsOfLauncher(t *testing.T) {
	for name, rc := range map[string]int{"TERM": 143, "INT": 130, "HUP": 129, "USR1": 138, "USR2": 140} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := &scene{t: t, s: newService(t), names: map[int]string{}}
			config := c.stuck()
			c.p = harness.Start(t, harness.Options{Program: reference, Config: config, NoWait: true, Args: []string{"-D"}})
			row := regexp.MustCompile(`(?m)^(\d+) +(?:master|worker)`)
			var daemon []int // master and worker, which have a session of their own
			eventually(t, 10*time.Second, "daemon", func() error {
				a, err := harness.CLIWithin(c.p.MasterSocket(), "show proc", time.Second)
				if err != nil {
					return err
				}
				daemon = nil
				for _, m := range row.FindAllStringSubmatch(a, -1) {
					pid, _ := strconv.Atoi(m[1])
					daemon = append(daemon, pid)
				}
				if len(daemon) != 2 {
					return fmt.Errorf("show proc: %s", a)
				}
				return nil
			})
			defer func() {
				for _, pid := range daemon {
					syscall.Kill(pid, syscall.SIGKILL)
				}
			}()
			c.send("M", signalsByName[name])
			if got := c.p.AwaitExit(5 * time.Second); got != rc {
				t.Errorf("exit status %d, want %d", got, rc)
			}
			if err := os.WriteFile(c.fifo, []byte("/denied\n"), 0); err != nil {
				t.Fatal(err)
			}
			eventually(t, 10*time.Second, "service", func() error { return harness.Connects(c.s.HTTP) })
			syscall.Kill(daemon[0], syscall.SIGTERM)
			eventually(t, 5*time.Second, "end of the daemon", func() error {
				if harness.Alive(daemon[0]) || harness.Alive(daemon[1]) {
					return fmt.Errorf("processes %v", daemon)
				}
				return nil
			})
		})
	}
}

// There is no moment at which TERM and INT are lost: before the handlers stand they
// have their default action, and from then on they stop what there is.
func TestSignalsAtOnce(t *testing.T) {
	for name, rcs := range map[string][]int{"TERM": {143, 0}, "INT": {130}} {
		for after := time.Duration(0); after < 16*time.Millisecond; after += time.Millisecond {
			t.Run(fmt.Sprintf("%s/%v", name, after), func(t *testing.T) {
				t.Parallel()
				s := newService(t)
				p := harness.Start(t, harness.Options{Config: s.Config("", ""), NoWait: true})
				time.Sleep(after)
				p.Signal(signalsByName[name])
				if rc := p.AwaitExit(5 * time.Second); !slices.Contains(rcs, rc) {
					t.Errorf("exit status %d, want one of %d", rc, rcs)
				}
				if left := p.Processes(); len(left) > 0 {
					t.Errorf("left behind: %v", left)
				}
			})
		}
	}
}
