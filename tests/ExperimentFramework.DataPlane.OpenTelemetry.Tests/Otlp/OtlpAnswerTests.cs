using ExperimentFramework.DataPlane.OpenTelemetry.Tests.Receiving;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace ExperimentFramework.DataPlane.OpenTelemetry.Tests.Otlp;

/// <summary>An event is delivered only if the collector says so, whatever else it says.</summary>
public sealed class OtlpAnswerTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private OtlpReceiver _receiver = null!;
    private OtlpDataBackplane _backplane = null!;

    public async ValueTask InitializeAsync()
    {
        _receiver = await OtlpReceiver.StartAsync();
        var options = new OtlpDataBackplaneOptions { Endpoint = _receiver.Endpoint, Headers = { ["X-Secret-Token"] = "hidden" } };
        _backplane = Create(options);
    }

    public async ValueTask DisposeAsync()
    {
        _backplane.Dispose();
        await _receiver.DisposeAsync();
    }

    [Theory]
    [InlineData(429)]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(504)]
    [InlineData(500)]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(404)]
    [InlineData(415)]
    public async Task A_status_that_is_not_the_events_fault_is_retried_and_nothing_is_rejected(int status)
    {
        _receiver.Answer = Refusing(status);

        var result = await _backplane.PublishAsync(OtlpEvents.Exposures(3), Token);

        Assert.All(result.Statuses(3), each => Assert.Equal(DeliveryStatus.TransientFailure, each));
        Assert.Contains($"answered {status} ", result.Error!.Message, StringComparison.Ordinal);
        Assert.Equal("because", result.Error.InnerException!.Message);
        var health = await _backplane.HealthAsync(Token);
        Assert.True(!health.IsHealthy && health.Description!.Contains($"{status} ", StringComparison.Ordinal), health.Description);
        _receiver.Answer = null;
        await AssertDeliveredAsync(3);
    }

    [Fact]
    public async Task A_collector_that_takes_nothing_compressed_rejects_no_event()
    {
        using var backplane = Create(new OtlpDataBackplaneOptions { Endpoint = _receiver.Endpoint, Compression = OtlpCompression.Gzip });
        _receiver.RefusesGzip = true;

        var result = await backplane.PublishAsync(OtlpEvents.Exposures(3), Token);

        Assert.All(result.Statuses(3), each => Assert.Equal(DeliveryStatus.TransientFailure, each));
        Assert.False((await backplane.HealthAsync(Token)).IsHealthy);
        _receiver.RefusesGzip = false;
        Assert.Null((await backplane.PublishAsync(OtlpEvents.Exposures(3), Token)).Error);
        Assert.True((await backplane.HealthAsync(Token)).IsHealthy);
    }

    [Fact]
    public async Task A_path_of_its_own_is_not_shown_because_it_may_be_the_receivers_secret()
    {
        using var backplane = Create(new OtlpDataBackplaneOptions { Endpoint = new Uri(_receiver.Endpoint, "/receiver/SECRET/v1/logs") });

        var result = await backplane.PublishAsync(OtlpEvents.Exposures(1), Token);
        var health = await backplane.HealthAsync(Token);

        Assert.DoesNotContain("SECRET", result.Error!.ToString() + health.Description, StringComparison.Ordinal);
        Assert.Contains(_receiver.Endpoint.Authority + "/... answered 404", result.Error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, 2)]
    [InlineData(9, 5)]
    public async Task What_a_collector_rejects_of_a_batch_is_counted_and_nothing_is_sent_again(long rejected, int counted)
    {
        _receiver.Response = new ExportLogsServiceResponse { PartialSuccess = new ExportLogsPartialSuccess { RejectedLogRecords = rejected, ErrorMessage = "too old" } };

        var result = await _backplane.PublishAsync(OtlpEvents.Exposures(5), Token);

        Assert.Equal(counted, result.Statuses(5).Count(status => status == DeliveryStatus.PermanentFailure));
        Assert.Equal(5 - counted, result.Statuses(5).Count(status => status == DeliveryStatus.Delivered));
        Assert.Equal("too old", Assert.IsType<EventRejectedException>(result.Error).InnerException!.Message);
        Assert.Equal(1, _receiver.Requests);
        _receiver.Response = new ExportLogsServiceResponse();
        var health = await _backplane.HealthAsync(Token);
        Assert.True(health is { IsHealthy: true, IsDegraded: true }, health.Description);
        Assert.Equal((long)counted, health.Diagnostics["rejected_by_collector"]);
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.False((await _backplane.HealthAsync(Token)).IsDegraded);
    }

    [Fact]
    public async Task A_warning_of_a_collector_that_accepts_everything_rejects_nothing()
    {
        _receiver.Response = new ExportLogsServiceResponse { PartialSuccess = new ExportLogsPartialSuccess { ErrorMessage = "deprecated" } };

        await AssertDeliveredAsync(3);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(422)]
    public async Task An_event_that_a_collector_cannot_read_is_rejected_alone_and_the_others_arrive_in_order(int status)
    {
        _receiver.Answer = async (context, request) =>
        {
            var isPoison = OtlpReceiver.RecordsOf(request).Any(record => OtlpEvents.SubjectOf(record) == "u3");
            return isPoison && await Refusing(status)(context, request);
        };

        var result = await _backplane.PublishAsync(OtlpEvents.Exposures(6), Token);

        Assert.Equal([3], Enumerable.Range(0, 6).Where(index => result[index] == DeliveryStatus.PermanentFailure));
        Assert.Equal(5, result.Statuses(6).Count(each => each == DeliveryStatus.Delivered));
        Assert.IsType<EventRejectedException>(result.Error);
        Assert.Equal(["u0", "u1", "u2", "u4", "u5"], _receiver.Records.Select(OtlpEvents.SubjectOf));
    }

    [Fact]
    public async Task A_collector_that_refuses_even_an_empty_request_makes_no_event_rejected()
    {
        _receiver.Answer = Refusing(400);

        var result = await _backplane.PublishAsync(OtlpEvents.Exposures(6), Token);

        Assert.All(result.Statuses(6), each => Assert.Equal(DeliveryStatus.TransientFailure, each));
        Assert.Equal(2, _receiver.Requests);
    }

    [Fact]
    public async Task A_request_that_is_too_large_is_divided_and_an_event_that_is_too_large_alone_is_rejected()
    {
        _receiver.Answer = async (context, request) =>
        {
            var records = OtlpReceiver.RecordsOf(request).ToList();
            return (records.Count > 2 || records.Any(record => OtlpEvents.SubjectOf(record) == "u4")) && await Refusing(413)(context, request);
        };

        var result = await _backplane.PublishAsync(OtlpEvents.Exposures(6), Token);

        Assert.Equal([4], Enumerable.Range(0, 6).Where(index => result[index] == DeliveryStatus.PermanentFailure));
        Assert.Equal(["u0", "u1", "u2", "u3", "u5"], _receiver.Records.Select(OtlpEvents.SubjectOf));
    }

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task A_redirect_is_not_followed_so_that_no_header_reaches_another_server(int status)
    {
        await using var other = await OtlpReceiver.StartAsync();
        _receiver.Answer = (context, _) =>
        {
            context.Response.StatusCode = status;
            context.Response.Headers.Location = other.Endpoint.ToString();
            return Task.FromResult(true);
        };

        var result = await _backplane.PublishAsync(OtlpEvents.Exposures(1), Token);

        Assert.Equal(DeliveryStatus.TransientFailure, result[0]);
        Assert.Contains("redirects", result.Error!.Message, StringComparison.Ordinal);
        Assert.Equal(0, other.Requests);
    }

    [Theory]
    [InlineData("a page", "text/html", "<html>Sign in</html>")]
    [InlineData("no type", null, "x")]
    [InlineData("JSON", "application/json", "{}")]
    [InlineData("garbage", OtlpReceiver.ContentType, "\u0001\u0002garbage")]
    [InlineData("an empty page", "text/html", "")]
    [InlineData("a cut message", OtlpReceiver.ContentType, "\u000a\u007f\u0008")]
    [InlineData("a huge body", OtlpReceiver.ContentType, null)]
    public async Task A_success_without_an_OTLP_response_delivers_nothing(string kind, string? contentType, string? body)
    {
        _receiver.Answer = async (context, _) =>
        {
            context.Response.ContentType = contentType;
            await context.Response.WriteAsync(body ?? new string('\n', 10_000_000));
            return true;
        };

        var result = await _backplane.PublishAsync(OtlpEvents.Exposures(2), Token);

        Assert.True(result.Statuses(2).All(status => status == DeliveryStatus.TransientFailure), kind);
        Assert.Contains("answered 200 without an OTLP response", result.Error!.Message, StringComparison.Ordinal);
        _receiver.Answer = null;
        await AssertDeliveredAsync(2);
    }

    [Fact]
    public async Task A_negative_number_of_rejected_records_is_no_answer()
    {
        _receiver.Response = new ExportLogsServiceResponse { PartialSuccess = new ExportLogsPartialSuccess { RejectedLogRecords = -1 } };

        var result = await _backplane.PublishAsync(OtlpEvents.Exposures(2), Token);

        Assert.All(result.Statuses(2), status => Assert.Equal(DeliveryStatus.TransientFailure, status));
    }

    [Fact]
    public async Task An_empty_answer_is_the_success_of_the_specification()
    {
        _receiver.Answer = (_, request) =>
        {
            _receiver.Accept(request);
            return Task.FromResult(true);
        };

        await AssertDeliveredAsync(2);
    }

    [Fact]
    public async Task A_collector_that_does_not_answer_is_given_up_after_the_timeout()
    {
        var gate = new TaskCompletionSource();
        var isAsked = new TaskCompletionSource();
        _receiver.Answer = async (_, _) =>
        {
            isAsked.TrySetResult();
            await gate.Task;
            return true;
        };

        var publishing = _backplane.PublishAsync(OtlpEvents.Exposures(1), Token).AsTask();
        await isAsked.Task.WaitAsync(Token);
        _time.Advance(TimeSpan.FromSeconds(9.9));
        Assert.False(publishing.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(0.2));
        var result = await publishing;
        gate.SetResult();

        Assert.Equal(DeliveryStatus.TransientFailure, result[0]);
        Assert.IsType<TimeoutException>(result.Error);
        Assert.EndsWith("did not answer within 00:00:10.", result.Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_connection_that_is_cut_delivers_nothing()
    {
        _receiver.Answer = (context, _) =>
        {
            context.Abort();
            return Task.FromResult(true);
        };

        var result = await _backplane.PublishAsync(OtlpEvents.Exposures(1), Token);

        Assert.Equal(DeliveryStatus.TransientFailure, result[0]);
        Assert.True(SafeText.IsOwn(result.Error!));
    }

    [Fact]
    public async Task What_was_delivered_before_a_failure_is_not_delivered_again()
    {
        var hasRefused = false;
        _receiver.Answer = async (context, request) =>
        {
            var records = OtlpReceiver.RecordsOf(request).ToList();
            if (records.Count == 4)
            {
                return await Refusing(413)(context, request);
            }

            if (!hasRefused && records.Any(record => OtlpEvents.SubjectOf(record) == "u2"))
            {
                hasRefused = true;
                return await Refusing(503)(context, request);
            }

            return false;
        };

        var result = await _backplane.PublishAsync(OtlpEvents.Exposures(4), Token);

        Assert.Equal(
            [DeliveryStatus.Delivered, DeliveryStatus.Delivered, DeliveryStatus.TransientFailure, DeliveryStatus.TransientFailure],
            result.Statuses(4));
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_named_without_its_headers()
    {
        await _receiver.DisposeAsync();

        var result = await _backplane.PublishAsync(OtlpEvents.Exposures(1), Token);
        var health = await _backplane.HealthAsync(Token);

        Assert.Equal(DeliveryStatus.TransientFailure, result[0]);
        Assert.Contains("cannot be reached", result.Error!.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", result.Error.ToString(), StringComparison.Ordinal);
        Assert.False(health.IsHealthy);
        Assert.Contains(":", health.Description, StringComparison.Ordinal);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static Func<HttpContext, ExportLogsServiceRequest, Task<bool>> Refusing(int status) => async (context, _) =>
    {
        await OtlpReceiver.WriteAsync(context, new Status { Code = 3, Message = "because" }, status);
        return true;
    };

    private async Task AssertDeliveredAsync(int count)
    {
        var before = _receiver.Records.Count;
        var result = await _backplane.PublishAsync(OtlpEvents.Exposures(count), Token);

        Assert.True(result.Error is null, result.Error?.ToString());
        Assert.Equal(before + count, _receiver.Records.Count);
    }

    private OtlpDataBackplane Create(OtlpDataBackplaneOptions options) => new(OtlpSettings.Of(options, new OtlpEnvironment(_ => null)), _time, NullLogger.Instance);
}
