package com.example.sqlengine;

import java.io.File;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FSInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;

/**
 * Buckets as folders: `s3://bucket/key` is the file `bucket/key` below `fs.buckets`. Only reads.
 * Every folder that is listed and every file that is opened becomes a line of the file `fs.record`.
 */
public final class FolderFileSystem extends FileSystem {
  private static final long BLOCK = 64L << 20;

  private URI uri;
  private File buckets;
  private Path record;

  @Override
  public void initialize(URI name, Configuration configuration) throws IOException {
    super.initialize(name, configuration);
    setConf(configuration);
    uri = URI.create(name.getScheme() + "://" + name.getAuthority());
    buckets = new File(configuration.get("fs.buckets"));
    record = Path.of(configuration.get("fs.record"));
  }

  @Override
  public URI getUri() {
    return uri;
  }

  @Override
  public FileStatus[] listStatus(org.apache.hadoop.fs.Path path) throws IOException {
    record("listed", path);
    File[] files = file(path).listFiles();
    if (files == null) {
      throw new FileNotFoundException(path.toString());
    }
    FileStatus[] all = new FileStatus[files.length];
    for (int i = 0; i < files.length; i++) {
      all[i] = status(files[i], new org.apache.hadoop.fs.Path(path, files[i].getName()));
    }
    return all;
  }

  @Override
  public FileStatus getFileStatus(org.apache.hadoop.fs.Path path) throws IOException {
    File file = file(path);
    if (!file.exists()) {
      throw new FileNotFoundException(path.toString());
    }
    return status(file, path);
  }

  @Override
  public FSDataInputStream open(org.apache.hadoop.fs.Path path, int bufferSize) throws IOException {
    record("opened", path);
    return new FSDataInputStream(new FileStream(file(path)));
  }

  private FileStatus status(File file, org.apache.hadoop.fs.Path path) {
    return new FileStatus(file.length(), file.isDirectory(), 1, BLOCK, file.lastModified(), path.makeQualified(uri, getWorkingDirectory()));
  }

  private File file(org.apache.hadoop.fs.Path path) {
    URI all = path.makeQualified(uri, getWorkingDirectory()).toUri();
    return new File(new File(buckets, all.getAuthority()), all.getPath());
  }

  private void record(String what, org.apache.hadoop.fs.Path path) throws IOException {
    byte[] line = (what + " " + path.makeQualified(uri, getWorkingDirectory()) + "\n").getBytes(StandardCharsets.UTF_8);
    Files.write(record, line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  @Override
  public org.apache.hadoop.fs.Path getWorkingDirectory() {
    return new org.apache.hadoop.fs.Path(uri + "/");
  }

  @Override
  public void setWorkingDirectory(org.apache.hadoop.fs.Path path) {
    throw new UnsupportedOperationException("buckets have no working directory");
  }

  @Override
  public FSDataOutputStream create(
      org.apache.hadoop.fs.Path path, FsPermission permission, boolean overwrite, int bufferSize, short replication, long blockSize, Progressable progress) {
    throw readOnly(path);
  }

  @Override
  public FSDataOutputStream append(org.apache.hadoop.fs.Path path, int bufferSize, Progressable progress) {
    throw readOnly(path);
  }

  @Override
  public boolean rename(org.apache.hadoop.fs.Path from, org.apache.hadoop.fs.Path to) {
    throw readOnly(from);
  }

  @Override
  public boolean delete(org.apache.hadoop.fs.Path path, boolean recursive) {
    throw readOnly(path);
  }

  @Override
  public boolean mkdirs(org.apache.hadoop.fs.Path path, FsPermission permission) {
    throw readOnly(path);
  }

  private static UnsupportedOperationException readOnly(org.apache.hadoop.fs.Path path) {
    return new UnsupportedOperationException("buckets are only read here, and this writes: " + path);
  }

  private static final class FileStream extends FSInputStream {
    private final RandomAccessFile file;

    private FileStream(File file) throws IOException {
      this.file = new RandomAccessFile(file, "r");
    }

    @Override
    public int read() throws IOException {
      return file.read();
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      return file.read(into, offset, length);
    }

    @Override
    public void seek(long position) throws IOException {
      file.seek(position);
    }

    @Override
    public long getPos() throws IOException {
      return file.getFilePointer();
    }

    @Override
    public boolean seekToNewSource(long position) {
      return false;
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }
}
