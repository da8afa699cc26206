package worker

import (
	"fmt"
	"os"
	"syscall"

	"github.com/sluice-proxy/sluice/internal/account"
	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/report"
	"github.com/sluice-proxy/sluice/internal/sys"
)

// dropPrivileges confines the process as the global section says (manual 3.1):
// chroot, group, user, capabilities. The calls reach every thread.
func dropPrivileges(g *config.Global) error {
	uid, gid, err := account.Owner{User: g.User, Group: g.Group, UID: g.UID, GID: g.GID}.IDs()
	if err != nil {
		return err
	}
	if err := enterJail(g.Chroot); err != nil {
		return err
	}
	if gid > 0 {
		if os.Geteuid() == 0 {
			if err := syscall.Setgroups([]int{}); err != nil {
				return fmt.Errorf("Cannot drop supplementary groups: %w", err)
			}
		}
		if err := syscall.Setgid(gid); err != nil {
			return fmt.Errorf("Cannot set gid %d: %w", gid, err)
		}
	}
	root := os.Geteuid() == 0
	if g.SetCap != 0 && root && uid > 0 {
		if err := sys.KeepCapabilities(true); err != nil {
			return fmt.Errorf("Cannot keep capabilities: %w", err)
		}
	}
	if uid > 0 {
		if err := syscall.Setuid(uid); err != nil {
			return fmt.Errorf("Cannot set uid %d: %w", uid, err)
		}
	}
	if g.SetCap != 0 && (uid > 0 || !root) {
		if err := sys.SetCapabilities(g.SetCap); err != nil {
			return fmt.Errorf("Cannot keep the capabilities of 'setcap': %w", err)
		}
		_ = sys.KeepCapabilities(false)
	}
	if g.Dumpable != "" { // a change of the user switched it off
		if err := sys.AllowCoreDumps(); err != nil {
			return fmt.Errorf("Cannot set the dumpable flag: %w", err)
		}
	}
	return nil
}

// forbid takes from the process what it does not need to serve: privileges
// gained by executing files, and other processes ("insecure-setuid-wanted" and
// "insecure-fork-wanted" leave them). Once done it lasts until the end.
func forbid(g *config.Global, r *report.Reporter) {
	if !g.InsecureSetuid {
		if err := sys.NoNewPrivileges(); err != nil {
			r.Warningf("cannot give up privileges of executed files: %v", err)
		}
	}
	if !g.InsecureFork {
		if err := sys.ForbidProcesses(); err != nil {
			r.Warningf("cannot forbid the start of other processes ('insecure-fork-wanted' allows it): %v", err)
		}
	}
}

// enterJail changes the root directory. "auto" is a directory that is gone as
// soon as the process is in it: empty, without a name, and nobody can write to
// it.
func enterJail(dir string) error {
	if dir == "" {
		return nil
	}
	name := dir
	if dir == "auto" {
		tmp, err := os.MkdirTemp("", "sluice-jail-")
		if err != nil {
			return fmt.Errorf("Cannot chroot(auto): %w", err)
		}
		defer os.Remove(tmp) // when the chroot fails
		dir = tmp
	}
	if err := os.Chdir(dir); err != nil {
		return fmt.Errorf("Cannot chroot(%s): %w", name, err)
	}
	if name == "auto" {
		if err := os.Chmod(".", 0o555); err != nil {
			return fmt.Errorf("Cannot chroot(%s): %w", name, err)
		}
		os.Remove(dir) // it stays open, and empty for ever
	}
	if err := syscall.Chroot("."); err != nil {
		return fmt.Errorf("Cannot chroot(%s): %w", name, err)
	}
	if err := os.Chdir("/"); err != nil {
		return fmt.Errorf("Cannot chroot(%s): %w", name, err)
	}
	return nil
}
