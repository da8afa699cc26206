package hook

import (
	"fmt"
	"os"
	"strconv"

	"github.com/sluice-proxy/sluice/internal/sys"
)

// Word is the argument by which this executable becomes a sandbox, as Queue has it.
const Word = "sandbox"

// What a program may use.
const (
	maxMemory = 1 << 30 // bytes
	maxFiles  = 1024
)

// Status of a sandbox that could not be made.
const refused = 126

// Main is the child's side: it confines itself and becomes the program. args are the
// words behind Word: the numbers of the user and the group, the program, its
// arguments.
func Main(args []string) int {
	if len(args) < 3 {
		fmt.Fprintln(os.Stderr, "sandbox: expects a user, a group and a program")
		return refused
	}
	uid, err := strconv.Atoi(args[0])
	if err == nil {
		var gid int
		if gid, err = strconv.Atoi(args[1]); err == nil {
			c := sys.Confinement{UID: uid, GID: gid, CPU: Limit, Memory: maxMemory, Files: maxFiles}
			err = c.Exec(args[2], args[2:], os.Environ())
		}
	}
	fmt.Fprintln(os.Stderr, err)
	return refused
}
