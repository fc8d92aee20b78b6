package servers

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"strconv"
	"sync"
	"time"

	"github.com/containerd/errdefs"
	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/api/types/network"
	"github.com/moby/moby/client"
	"github.com/testcontainers/testcontainers-go"
	"github.com/testcontainers/testcontainers-go/log"
)

const (
	answerTimeout = 2 * time.Second
	pullTimeout   = 2 * time.Minute
)

// supervised is the entrypoint of our containers: the container ends when its
// standard input does. This does the work of the reaper of testcontainers,
// whose image can not be pulled everywhere. A line on standard input starts a
// program that has ended once more.
var supervised = []string{"sh", "-c", `"$@" & while read -r _; do wait; "$@" & done`, "sh"}

var quiet = sync.OnceFunc(func() {
	log.SetDefault(silence{})
	os.Setenv("TESTCONTAINERS_RYUK_DISABLED", "true") //nolint:errcheck // the name is well-formed
})

type silence struct{}

func (silence) Printf(string, ...any) {}

func startContainer(ctx context.Context, p program, port int) (*Server, error) {
	quiet()
	engine, err := testcontainers.NewDockerClientWithOpts(ctx)
	if err != nil {
		return nil, fmt.Errorf("find engine: %w", err)
	}
	if err := provide(ctx, engine, p.image); err != nil {
		return nil, errors.Join(err, engine.Close())
	}
	var input client.ContainerAttachResult
	attach := func(ctx context.Context, c testcontainers.Container) (err error) {
		input, err = engine.ContainerAttach(context.WithoutCancel(ctx), c.GetContainerID(), client.ContainerAttachOptions{Stream: true, Stdin: true})
		return err
	}
	c, err := testcontainers.Run(ctx, p.image,
		testcontainers.WithEnv(p.env),
		testcontainers.WithEntrypoint(append(supervised, p.args...)...),
		testcontainers.WithExposedPorts(p.port),
		testcontainers.WithConfigModifier(func(cfg *container.Config) { cfg.OpenStdin, cfg.StdinOnce, cfg.AttachStdin = true, true, true }),
		testcontainers.WithHostConfigModifier(func(cfg *container.HostConfig) {
			cfg.AutoRemove = true
			cfg.PortBindings = network.PortMap{network.MustParsePort(p.port): {
				{HostIP: netip.AddrFrom4([4]byte{127, 0, 0, 1}), HostPort: strconv.Itoa(port)},
			}}
		}),
		testcontainers.WithAdditionalLifecycleHooks(testcontainers.ContainerLifecycleHooks{PreStarts: []testcontainers.ContainerHook{attach}}),
	)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("run %s: %w", p.image, err), testcontainers.TerminateContainer(c), engine.Close())
	}
	return containerServer(engine, c, input), nil
}

func containerServer(engine *testcontainers.DockerClient, c *testcontainers.DockerContainer, input client.ContainerAttachResult) *Server {
	id := c.GetContainerID()
	bounded := func(do func(ctx context.Context) error) func() error {
		return func() error {
			ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
			defer cancel()
			return do(ctx)
		}
	}
	return &Server{
		again: func() error {
			_, err := input.Conn.Write([]byte("\n"))
			return err
		},
		log: func() string { return "docker logs " + id },
		freeze: bounded(func(ctx context.Context) error {
			_, err := engine.ContainerPause(ctx, id, client.ContainerPauseOptions{})
			return err
		}),
		thaw: bounded(func(ctx context.Context) error {
			_, err := engine.ContainerUnpause(ctx, id, client.ContainerUnpauseOptions{})
			return err
		}),
		stop: bounded(func(ctx context.Context) error {
			input.Close()
			_, err := engine.ContainerRemove(ctx, id, client.ContainerRemoveOptions{Force: true, RemoveVolumes: true})
			if errdefs.IsNotFound(err) || errdefs.IsConflict(err) {
				err = nil // closing its input was enough, or is about to be
			}
			return errors.Join(err, engine.Close())
		}),
	}
}

// provide sees to it that the engine answers and has image. An engine that is
// not there is known to be missing at once; a pull is given some time.
func provide(ctx context.Context, engine *testcontainers.DockerClient, image string) error {
	asking, cancel := context.WithTimeout(ctx, answerTimeout)
	defer cancel()
	if _, err := engine.Ping(asking, client.PingOptions{}); err != nil {
		return fmt.Errorf("ask engine: %w", err)
	}
	if _, err := engine.ImageInspect(asking, image); err == nil {
		return nil
	}
	pulling, cancel := context.WithTimeout(ctx, pullTimeout)
	defer cancel()
	progress, err := engine.ImagePull(pulling, image, client.ImagePullOptions{})
	if err != nil {
		return fmt.Errorf("pull %s: %w", image, err)
	}
	defer progress.Close() //nolint:errcheck // it was read to its end
	if _, err := io.Copy(io.Discard, progress); err != nil {
		return fmt.Errorf("pull %s: %w", image, err)
	}
	if _, err := engine.ImageInspect(pulling, image); err != nil {
		return fmt.Errorf("pull %s: %w", image, err)
	}
	return nil
}
