package worker

import (
	"fmt"
	"os"
	"syscall"

	"github.com/sluice-proxy/sluice/internal/account"
	"github.com/sluice-proxy/sluice/internal/config"
)

// dropPrivileges confines the process as the global section says: chroot,
// group, user, in this order (manual 3.1). The calls reach every thread.
func dropPrivileges(g *config.Global) error {
	uid, gid, err := account.Owner{User: g.User, Group: g.Group, UID: g.UID, GID: g.GID}.IDs()
	if err != nil {
		return err
	}
	if g.Chroot != "" {
		if err := syscall.Chroot(g.Chroot); err != nil {
			return fmt.Errorf("Cannot chroot(%s): %w", g.Chroot, err)
		}
		if err := os.Chdir("/"); err != nil {
			return fmt.Errorf("Cannot chroot(%s): %w", g.Chroot, err)
		}
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
	if uid > 0 {
		if err := syscall.Setuid(uid); err != nil {
			return fmt.Errorf("Cannot set uid %d: %w", uid, err)
		}
	}
	return nil
}
