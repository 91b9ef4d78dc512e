using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;

namespace ExperimentFramework.DataPlane.OpenTelemetry;

/// <summary>
/// Posts requests to the collector by the specification of OTLP/HTTP (https://opentelemetry.io/docs/specs/otlp/#otlphttp). Whatever the collector answers that is
/// not that specification's success is a failure: an event is delivered only if the collector says so.
/// </summary>
internal sealed class OtlpClient : IDisposable
{
    private const string ContentType = "application/x-protobuf";
    private const string UserAgent = "OTel-OTLP-Exporter-ExperimentFramework-DataPlane";

    /// <summary>The maximum size of an answer, which is a number and a sentence.</summary>
    private const int MaxAnswerBytes = 64 * 1024;

    private const int MaxMessageLength = 1_000;
    private const string DefaultPath = "/v1/logs";

    /// <summary>No bytes, compressed: header, an empty block, checksum and length (RFC 1952).</summary>
    private static readonly byte[] EmptyGzip = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0];

    private static readonly TimeSpan MaxPause = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(5);

    private readonly OtlpSettings _settings;
    private readonly HttpMessageInvoker _http;
    private readonly TimeProvider _time;
    private RequestedPause? _pause;

    public OtlpClient(OtlpSettings settings, TimeProvider time, HttpMessageHandler? handler = null)
    {
        _settings = settings;
        _time = time;
        _http = new HttpMessageInvoker(handler ?? CreateHandler(settings));
        Address = settings.Endpoint.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped) + (settings.Endpoint.AbsolutePath is DefaultPath or "/" ? settings.Endpoint.AbsolutePath : "/...");
    }

    /// <summary>The endpoint for messages, without its query and without a path of its own: both may be a secret of the receiver.</summary>
    public string Address { get; }

    /// <summary>How long the collector does not want requests; zero if it accepts them.</summary>
    public TimeSpan Pause => Volatile.Read(ref _pause) is { } pause && pause.Length - _time.GetElapsedTime(pause.Timestamp) is var left && left > TimeSpan.Zero ? left : TimeSpan.Zero;

    /// <summary>Posts a request.</summary>
    /// <exception cref="HttpRequestException">The collector was not reached or refuses requests for a reason that is unrelated to their contents: it may accept the same request later.</exception>
    /// <exception cref="TimeoutException">The collector did not answer in time.</exception>
    public async Task<OtlpAnswer> PostAsync(ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        using var timer = new CancellationTokenSource(_settings.Timeout, _time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        using var request = CreateRequest(body);
        try
        {
            using var response = await _http.SendAsync(request, limit.Token).ConfigureAwait(false);
            return await ReadAsync(response, limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException exception) when (timer.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw SafeText.Own(new TimeoutException($"{Address} did not answer within {_settings.Timeout}.", exception));
        }
        catch (IOException exception)
        {
            throw SafeText.Own(new HttpRequestException($"The connection to {Address} was closed before its answer was complete.", exception));
        }
        catch (HttpRequestException exception) when (!SafeText.IsOwn(exception))
        {
            throw SafeText.Own(new HttpRequestException(exception.HttpRequestError, $"{Address} cannot be reached: {Describe(exception)}.", exception));
        }
    }

    public void Dispose() => _http.Dispose();

    private static SocketsHttpHandler CreateHandler(OtlpSettings settings) => new()
    {
        // A redirect would send the headers, and therefore the secrets, to another server.
        AllowAutoRedirect = false,
        UseCookies = false,
        PooledConnectionLifetime = ConnectionLifetime,
        ConnectTimeout = settings.Timeout,
        SslOptions = ClientCertificates.CreateTlsOptions(settings),
    };

    private static string Describe(HttpRequestException exception) => exception.HttpRequestError switch
    {
        HttpRequestError.NameResolutionError => "its host name cannot be resolved",
        HttpRequestError.ConnectionError => "the connection was refused or timed out",
        HttpRequestError.SecureConnectionError => "TLS failed; check the certificates of both sides",
        HttpRequestError.ProxyTunnelError => "the proxy refused",
        var error => $"{error}",
    };

    private HttpRequestMessage CreateRequest(ReadOnlyMemory<byte> body)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, _settings.Endpoint);
        foreach (var (name, value) in _settings.Headers)
        {
            RequestHeaders.TryAdd(request, name, value);
        }

        if (!request.Headers.Contains("User-Agent"))
        {
            request.Headers.TryAddWithoutValidation("User-Agent", $"{UserAgent}/{InstrumentationScope.Version}");
        }

        var isCompressed = _settings.Compression == OtlpCompression.Gzip;
        request.Content = new ReadOnlyMemoryContent(isCompressed ? Compress(body) : body);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(ContentType);
        if (isCompressed)
        {
            request.Content.Headers.ContentEncoding.Add("gzip");
        }

        return request;
    }

    private static ReadOnlyMemory<byte> Compress(ReadOnlyMemory<byte> body)
    {
        if (body.IsEmpty)
        {
            // The stream would write nothing at all, and a collector expects the header.
            return EmptyGzip;
        }

        using var compressed = new MemoryStream((body.Length / 4) + 64);
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(body.Span);
        }

        return compressed.GetBuffer().AsMemory(0, (int)compressed.Length);
    }

    private async Task<OtlpAnswer> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var status = response.StatusCode;
        if (response.IsSuccessStatusCode)
        {
            return await ReadSuccessAsync(response, cancellationToken).ConfigureAwait(false);
        }

        if (status is HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable)
        {
            BeginPause(response.Headers.RetryAfter);
        }

        var details = await ReadMessageAsync(response, cancellationToken).ConfigureAwait(false);
        return status switch
        {
            HttpStatusCode.BadRequest or HttpStatusCode.UnprocessableEntity => new OtlpAnswer(
                OtlpVerdict.Unreadable, Error: Refusal(status, "cannot read a log record", details)),
            HttpStatusCode.RequestEntityTooLarge => new OtlpAnswer(OtlpVerdict.TooLarge, Error: Refusal(status, "takes no request of this size", details)),
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => throw Refusal(status, "refuses the credentials; check Headers and the client certificate", details),
            HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed or HttpStatusCode.UnsupportedMediaType =>
                throw Refusal(status, "is no OTLP/HTTP endpoint for logs; check Endpoint, whose path is /v1/logs by default", details),
            HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout =>
                throw Refusal(status, "is busy or not available", details),
            >= HttpStatusCode.MultipleChoices and < HttpStatusCode.BadRequest =>
                throw Refusal(status, "redirects, which is not followed because it would take the headers to another server; set Endpoint to the final address", details),
            _ => throw Refusal(status, "failed", details),
        };
    }

    private async Task<OtlpAnswer> ReadSuccessAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var type = response.Content.Headers.ContentType?.MediaType;
        var body = await ReadBodyAsync(response, cancellationToken).ConfigureAwait(false);
        if (body is null || (body.Length > 0 && type != ContentType) || (type is not null && type != ContentType) || !OtlpResponse.TryRead(body, out var answer))
        {
            throw SafeText.Own(new HttpRequestException(
                $"{Address} answered {(int)response.StatusCode} without an OTLP response (content type {(type is null or ContentType ? type ?? "none" : "of another kind")}), so nothing says that it took the events. Check that Endpoint is an OTLP/HTTP endpoint.",
                null,
                response.StatusCode));
        }

        return new OtlpAnswer(
            OtlpVerdict.Accepted,
            answer.Rejected,
            answer.Rejected == 0 ? null : SafeText.Own(new EventRejectedException(
                $"{Address} accepted the other events and rejected {answer.Rejected} of the batch; it does not say which.", new HttpRequestException(Shorten(answer.Message ?? "no message")))));
    }

    /// <summary>Reads the body; null if it is longer than an answer can be.</summary>
    private static async Task<byte[]?> ReadBodyAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            var buffer = new byte[Math.Min(response.Content.Headers.ContentLength ?? MaxAnswerBytes, MaxAnswerBytes) + 1];
            var length = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
            return length == buffer.Length ? null : buffer[..length];
        }
    }

    /// <summary>Reads the message of a <c>google.rpc.Status</c>, whose field has the number of that in <see cref="OtlpResponse"/>.</summary>
    private static async Task<string?> ReadMessageAsync(HttpResponseMessage response, CancellationToken cancellationToken) =>
        response.Content.Headers.ContentType?.MediaType == ContentType
        && await ReadBodyAsync(response, cancellationToken).ConfigureAwait(false) is { } body
        && OtlpResponse.MessageOfStatus(body) is { } message
            ? Shorten(message)
            : null;

    private static string Shorten(string message) => message.Length <= MaxMessageLength ? message : message[..MaxMessageLength];

    /// <summary>The collector's own message may quote an event, so it becomes the inner exception, which is withheld if ids are redacted.</summary>
    private HttpRequestException Refusal(HttpStatusCode status, string what, string? details) => SafeText.Own(new HttpRequestException(
        $"{Address} answered {(int)status} {status}: it {what}.", details is null ? null : new HttpRequestException(details), status));

    private void BeginPause(RetryConditionHeaderValue? header)
    {
        // From now on measured on the monotonic clock, so that setting the other one has no effect.
        var length = header?.Delta ?? (header?.Date - _time.GetUtcNow()) ?? TimeSpan.Zero;
        Volatile.Write(ref _pause, new RequestedPause(_time.GetTimestamp(), length < MaxPause ? length : MaxPause));
    }

    private sealed record RequestedPause(long Timestamp, TimeSpan Length);
}
