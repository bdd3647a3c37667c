package io.culvert.server.admin;

/** A request that is refused: becomes a problem document (RFC 9457). */
final class ApiException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final String code;

  /**
   * A refusal.
   *
   * @param status HTTP status
   * @param code stable, for programs
   * @param detail one sentence for a person: what is wrong and what to do
   */
  ApiException(int status, String code, String detail) {
    super(detail);
    this.status = status;
    this.code = code;
  }

  static ApiException badRequest(String detail) {
    return new ApiException(400, "bad-request", detail);
  }

  static ApiException notFound(String detail) {
    return new ApiException(404, "not-found", detail);
  }

  static ApiException conflict(String code, String detail) {
    return new ApiException(409, code, detail);
  }

  int status() {
    return status;
  }

  String code() {
    return code;
  }
}
