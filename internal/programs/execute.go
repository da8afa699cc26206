package programs

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/sluice-proxy/sluice/internal/account"
	"github.com/sluice-proxy/sluice/internal/config/discovery"
	"github.com/sluice-proxy/sluice/internal/sys"
)

// execute starts a program's command as execvp(3) does: looked for in $PATH, and
// given to the shell if it is a script that does not say whose.
func (s *Set) execute(p discovery.Program) (child, int, error) {
	env := s.env()
	path, err := find(p.Command[0], env)
	if err != nil {
		return nil, 0, err
	}
	as, err := credential(p.User, p.Group)
	if err != nil {
		return nil, 0, err
	}
	spec := sys.Spec{
		Path: path, Argv: p.Command, Env: env, Files: []int{0, 1, 2}, As: as,
		// A killed master leaves nobody behind who holds what the next one needs.
		DieWith: syscall.SIGTERM,
	}
	c, pid, err := s.start(spec)
	if errors.Is(err, syscall.ENOEXEC) {
		spec.Path, spec.Argv = "/bin/sh", append([]string{"sh", path}, p.Command[1:]...)
		c, pid, err = s.start(spec)
	}
	return c, pid, err
}

func startChild(spec sys.Spec) (child, int, error) {
	c, err := sys.Start(spec)
	if err != nil {
		return nil, 0, err
	}
	return c, c.PID, nil
}

// executable asks access(2) whether a file may be executed.
const executable = 1

// find returns what a command's name means.
func find(name string, env []string) (string, error) {
	if strings.Contains(name, "/") {
		return name, nil
	}
	path := "/bin:/usr/bin"
	if i := slices.IndexFunc(env, func(e string) bool { return strings.HasPrefix(e, "PATH=") }); i >= 0 {
		path = env[i][len("PATH="):]
	}
	var err error = syscall.ENOENT
	for _, dir := range strings.Split(path, ":") {
		file := filepath.Join(dir, name)
		if dir == "" {
			file = "./" + name
		}
		info, e := os.Stat(file)
		if e != nil || info.IsDir() {
			continue
		}
		if syscall.Access(file, executable) == nil {
			return file, nil
		}
		err = syscall.EACCES
	}
	return "", err
}

// credential is who a program runs as: nil if that is who the master is. Its
// supplementary groups are not left to another user.
func credential(user, group string) (*syscall.Credential, error) {
	uid, gid, err := account.Owner{User: user, Group: group, UID: -1, GID: -1}.IDs()
	if err != nil {
		return nil, err
	}
	if uid < 0 {
		uid = os.Getuid()
	}
	if gid < 0 {
		gid = os.Getgid()
	}
	if uid == os.Getuid() && gid == os.Getgid() {
		return nil, nil
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
}
