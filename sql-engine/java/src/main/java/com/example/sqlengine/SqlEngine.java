package com.example.sqlengine;

import io.trino.plugin.hive.HiveConnectorFactory;
import io.trino.server.testing.TestingTrinoServer;
import io.trino.spi.Plugin;
import io.trino.spi.connector.ConnectorFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Trino on a free port of loopback, with one catalog: its properties are the arguments, each `name=value`.
 * Says where it listens, and runs until it is killed: supervise.py does that when whoever started it is gone.
 */
public final class SqlEngine {
  private SqlEngine() {}

  public static void main(String[] arguments) {
    try {
      TestingTrinoServer server = TestingTrinoServer.builder()
          .setCoordinator(true)
          .setProperties(Map.of(
              "http-server.http.port", "0",
              "node-scheduler.include-coordinator", "true",
              "query.max-memory-per-node", "200MB"))
          .build();
      server.installPlugin(new Plugin() {
        @Override
        public Iterable<ConnectorFactory> getConnectorFactories() {
          return List.of(new HiveConnectorFactory());
        }
      });
      server.createCatalog("awsdatacatalog", "hive", catalog(arguments));
      server.refreshNodes();
      System.out.println("listening on " + server.getBaseUrl());
    } catch (Throwable problem) {
      problem.printStackTrace();
      // Only the last lines are shown, and those of a stack say little.
      String.valueOf(problem.getMessage()).lines().limit(10).forEach(System.err::println);
      // A server that failed has threads left that would keep an orderly end waiting.
      Runtime.getRuntime().halt(1);
    }
  }

  /** What is the file system's is written to a Hadoop configuration, the rest is the catalog's. */
  private static Map<String, String> catalog(String[] arguments) throws Exception {
    Map<String, String> catalog = new LinkedHashMap<>();
    StringBuilder hadoop = new StringBuilder("<configuration>");
    boolean folder = false;
    for (String argument : arguments) {
      String[] property = argument.split("=", 2);
      if (property[0].startsWith("fs.")) {
        folder = true;
        hadoop.append("<property><name>").append(property[0]).append("</name><value>").append(property[1]).append("</value></property>");
      } else {
        catalog.put(property[0], property[1]);
      }
    }
    if (folder) {
      Path file = Files.createTempFile("hadoop", ".xml");
      Files.writeString(file, hadoop.append("</configuration>"));
      catalog.put("hive.config.resources", file.toString());
    }
    return catalog;
  }
}
