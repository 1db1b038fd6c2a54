// Talking to the API of this server. Errors carry its message and remedy.

export class ApiError extends Error {
  constructor(status, problem) {
    super(problem.message);
    this.status = status;
    this.code = problem.code;
    this.remedy = problem.remedy || "";
    this.field = problem.field || null;
  }
}

const UNREACHABLE = {
  code: "network",
  message: "The server did not answer.",
  remedy: "Check that it is running, then try again.",
};

function toError(status, body) {
  const problem = body && body.error ? body.error : UNREACHABLE;
  if (status === 401) {
    problem.remedy = "Your session has ended. Sign in again; this draft is kept.";
  }
  return new ApiError(status, problem);
}

export async function request(method, url, { body, headers = {}, signal } = {}) {
  let answer;
  try {
    answer = await fetch(url, {
      method,
      signal,
      headers: body === undefined ? headers : { "Content-Type": "application/json", ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ApiError(0, UNREACHABLE);
  }
  const type = answer.headers.get("Content-Type") || "";
  const data = type.includes("json") ? await answer.json() : null;
  if (!answer.ok) throw toError(answer.status, data);
  return data;
}

// XMLHttpRequest, because fetch does not report the progress of what it sends.
export function sendForm(url, form, onProgress) {
  const xhr = new XMLHttpRequest();
  const done = new Promise((resolve, reject) => {
    xhr.open("POST", url);
    xhr.responseType = "json";
    xhr.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) onProgress(event.loaded / event.total);
    });
    xhr.addEventListener("load", () => {
      if (xhr.status >= 200 && xhr.status < 300) resolve(xhr.response);
      else reject(toError(xhr.status, xhr.response));
    });
    xhr.addEventListener("error", () => reject(new ApiError(0, UNREACHABLE)));
    xhr.addEventListener("abort", () => reject(new DOMException("Aborted", "AbortError")));
    xhr.send(form);
  });
  return { done, abort: () => xhr.abort() };
}

export function randomKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
