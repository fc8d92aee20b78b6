// Command krakend is the engine of KrakenD with the configuration of a file, put
// together as KrakenD does it, without what KrakenD adds to the engine.
package main

import (
	"flag"
	"log"
	"os"

	"github.com/luraproject/lura/v2/config"
	"github.com/luraproject/lura/v2/logging"
	"github.com/luraproject/lura/v2/proxy"
	"github.com/luraproject/lura/v2/router/gin"
	"github.com/luraproject/lura/v2/transport/http/server"
)

func main() {
	file := flag.String("c", "krakend.json", "configuration")
	flag.Parse()

	service, err := config.NewParser().Parse(*file)
	if err != nil {
		log.Fatal(err)
	}
	logger, err := logging.NewLogger("ERROR", os.Stderr, "[KRAKEND]")
	if err != nil {
		log.Fatal(err)
	}
	gin.NewFactory(gin.Config{
		Engine:         gin.NewEngine(service, gin.EngineOptions{Logger: logger, Writer: os.Stdout}),
		HandlerFactory: gin.EndpointHandler,
		ProxyFactory:   proxy.DefaultFactory(logger),
		Logger:         logger,
		RunServer:      server.RunServer,
	}).New().Run(service)
}
