"use strict";

SwaggerUIBundle({
  url: "/api/v1/openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  displayRequestDuration: true,
  tagsSorter: "alpha",
  validatorUrl: null, // the default sends the document to somebody else
});
