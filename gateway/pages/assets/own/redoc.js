"use strict";

Redoc.init("/api/v1/openapi.json", { disableSearch: false }, document.getElementById("redoc"));
