package proxy

import (
	"context"
	"path/filepath"

	"stockroom/bench/program"
)

// traefikConfig leads everything to the backend. Its file is not called
// traefik.yaml, which Traefik would take for another kind of configuration.
const traefikConfig = `
http:
  routers:
    all: {rule: "PathPrefix(` + "`/`" + `)", service: backend}
  services:
    backend: {loadBalancer: {servers: [{url: "http://{{.Backend}}"}]}}
`

// Traefik is built by traefik/build.sh. Its log is written in blocks.
func Traefik() Proxy {
	return Proxy{"Traefik", func(_ context.Context, at Place, addr string) (program.Command, error) {
		file, err := at.built("traefik")
		if err != nil {
			return program.Command{}, err
		}
		config, err := at.write("routes.yaml", traefikConfig, addr)
		return program.Command{
			Name: "traefik", Version: consists(file, "github.com/traefik/traefik/v3"),
			Args: []string{
				file,
				"--entrypoints.web.address=" + addr,
				"--providers.file.filename=" + config,
				"--accesslog=true",
				"--accesslog.filepath=" + filepath.Join(at.Dir, "traefik-access.log"),
				"--accesslog.bufferingsize=100",
				"--serverstransport.maxidleconnsperhost=256",
				"--log.level=ERROR",
				"--global.checknewversion=false",
				"--global.sendanonymoususage=false",
			},
			Logs: []string{"traefik-access.log"},
		}, err
	}}
}
