using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace ExperimentFramework.DataPlane.OpenTelemetry;

/// <summary>
/// Writes events as log records to an OpenTelemetry collector, or to anything else that speaks OTLP/HTTP with Protocol Buffers
/// (https://opentelemetry.io/docs/specs/otlp/#otlphttp). An event is delivered when the collector has said that it accepted it.
/// </summary>
/// <remarks>
/// A collector that cannot be reached, refuses the credentials, is busy or fails is retried. Its <c>Retry-After</c> is respected, up to 1 minute. A batch that a
/// collector cannot read or that is too large for it is divided, and an event that it cannot read or that is too large by itself is rejected. If a collector accepts only part of a batch, it says how many records it has rejected
/// but not which; the same number of events, from the end of the batch, are counted as rejected, and none is sent again.
/// </remarks>
public sealed partial class OtlpDataBackplane : IDataBackplane, IDisposable
{
    /// <summary>For how long health is degraded after a collector has rejected records.</summary>
    private static readonly TimeSpan RejectionPeriod = TimeSpan.FromMinutes(1);

    private readonly OtlpClient _client;
    private readonly Func<OtlpRequest> _createRequest;
    private readonly TimeProvider _time;
    private OtlpRequest? _request;
    private long _rejected;
    private long _rejectedAt;
    private volatile bool _isDisposed;

    /// <summary>Initializes a destination. It connects when the first event is published.</summary>
    /// <param name="options">The options. Default: all defaults, and the environment variables of OTLP exporters.</param>
    /// <param name="timeProvider">The clock. Default: the system clock.</param>
    /// <param name="logger">
    /// Logs a header that looks like a secret and is not encrypted. <c>AddOtlpDataBackplane</c> uses the category <see cref="DataPlaneLogCategories.Delivery"/>.
    /// Default: no logging.
    /// </param>
    /// <exception cref="OptionsValidationException">An option, or an environment variable that supplies its default, is invalid; the message names it.</exception>
    public OtlpDataBackplane(OtlpDataBackplaneOptions? options = null, TimeProvider? timeProvider = null, ILogger? logger = null)
        : this(OtlpSettings.Of(options ?? new OtlpDataBackplaneOptions(), OtlpEnvironment.OfProcess), timeProvider ?? TimeProvider.System, logger ?? NullLogger.Instance)
    {
    }

    internal OtlpDataBackplane(OtlpSettings settings, TimeProvider time, ILogger logger, HttpMessageHandler? handler = null)
    {
        var errors = OtlpDataBackplaneOptionsValidator.Errors(settings).ToList();
        if (errors.Count > 0)
        {
            throw new OptionsValidationException(Options.DefaultName, typeof(OtlpDataBackplaneOptions), errors);
        }

        _time = NonThrowingTimeProvider.Of(time);
        _client = new OtlpClient(settings, _time, handler);
        var attributes = new EventAttributes(settings.FlagSetId);
        var resource = OtlpRequest.ResourceOf(settings.Resource);
        _createRequest = () => new OtlpRequest(attributes, resource);
        if (settings.ExposedHeader is { } header)
        {
            LogExposedHeader(NonThrowingLogger.Of(logger), header, _client.Address);
        }
    }

    /// <inheritdoc/>
    public async ValueTask PublishAsync(DataPlaneEnvelope envelope, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(envelope);
        var result = await PublishAsync([envelope], cancellationToken).ConfigureAwait(false);
        if (result[0] != DeliveryStatus.Delivered)
        {
            throw result.Error!;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<BatchResult> PublishAsync(IReadOnlyList<DataPlaneEnvelope> envelopes, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(envelopes);
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        cancellationToken.ThrowIfCancellationRequested();
        if (envelopes.Count == 0)
        {
            return BatchResult.Delivered;
        }

        if (_client.Pause is var pause && pause > TimeSpan.Zero && !await HasWaitedAsync(pause, cancellationToken).ConfigureAwait(false))
        {
            return BatchResult.FromStatuses([], SafeText.Own(new HttpRequestException($"{_client.Address} is throttling (Retry-After): no request is sent until that time has passed.")));
        }

        var request = Interlocked.Exchange(ref _request, null) ?? _createRequest();
        try
        {
            var batch = new OtlpBatch(envelopes, request, _client, _time.GetUtcNow());
            var result = await batch.PublishAsync(cancellationToken).ConfigureAwait(false);
            CountRejected(batch.Rejected);
            return result;
        }
        finally
        {
            Return(request);
        }
    }

    /// <summary>Returns at once: a delivered event has been accepted by the collector.</summary>
    /// <inheritdoc/>
    public ValueTask FlushAsync(CancellationToken cancellationToken = default) => ValueTask.CompletedTask;

    /// <summary>
    /// Posts a request without log records, which a collector accepts if it would accept others. Degraded while the collector is throttling, and for a
    /// minute after it has rejected records.
    /// </summary>
    /// <inheritdoc/>
    public async ValueTask<BackplaneHealth> HealthAsync(CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        var diagnostics = new Dictionary<string, object> { ["rejected_by_collector"] = Interlocked.Read(ref _rejected) };
        if (_client.Pause > TimeSpan.Zero)
        {
            return BackplaneHealth.Degraded($"{_client.Address} is throttling (Retry-After): no request is sent until that time has passed.", diagnostics);
        }

        try
        {
            var answer = await _client.PostAsync(ReadOnlyMemory<byte>.Empty, cancellationToken).ConfigureAwait(false);
            return answer.Verdict != OtlpVerdict.Accepted ? BackplaneHealth.Unhealthy($"{_client.Address} refuses an empty request: {answer.Error!.Message}", diagnostics)
                : HasRejectedLately ? BackplaneHealth.Degraded($"{_client.Address} rejects log records: it accepts batches in part.", diagnostics)
                : BackplaneHealth.Healthy($"{_client.Address} accepts log records.", diagnostics);
        }
        catch (Exception exception) when (SafeText.IsOwn(exception))
        {
            return BackplaneHealth.Unhealthy(exception.Message, diagnostics);
        }
    }

    /// <summary>Closes the connections.</summary>
    public void Dispose()
    {
        _isDisposed = true;
        _client.Dispose();
        Interlocked.Exchange(ref _request, null)?.Dispose();
    }

    private bool HasRejectedLately => Interlocked.Read(ref _rejectedAt) is var at and not 0 && _time.GetElapsedTime(at) < RejectionPeriod;

    /// <summary>Keeps the buffer for the next batch.</summary>
    private void Return(OtlpRequest request)
    {
        if (_isDisposed || Interlocked.CompareExchange(ref _request, request, null) is not null)
        {
            request.Dispose();
        }
    }

    /// <returns>False if the pipeline has abandoned the attempt meanwhile.</returns>
    private async ValueTask<bool> HasWaitedAsync(TimeSpan pause, CancellationToken cancellationToken)
    {
        try
        {
            await Task.Delay(pause, _time, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private void CountRejected(long count)
    {
        if (count > 0)
        {
            Interlocked.Add(ref _rejected, count);
            Interlocked.Exchange(ref _rejectedAt, _time.GetTimestamp());
        }
    }

    [LoggerMessage(200, LogLevel.Warning, "The header {Header} looks like a secret and is sent to {Address} without encryption. Use https, or a collector on the same machine.", EventName = "OtlpHeaderNotEncrypted")]
    private static partial void LogExposedHeader(ILogger logger, string header, string address);
}
