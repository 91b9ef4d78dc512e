using System.Collections.Concurrent;
using System.IO.Compression;
using System.Net;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane.OpenTelemetry.Tests.Receiving;

/// <summary>A collector: takes log records over OTLP/HTTP or gRPC on a free port, decodes them with generated code, and answers as the test says.</summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    public const string ContentType = "application/x-protobuf";

    private readonly WebApplication _application;
    private readonly ConcurrentQueue<ExportLogsServiceRequest> _accepted = new();
    private readonly ConcurrentQueue<(IHeaderDictionary Headers, int Records)> _asked = new();

    private OtlpReceiver(WebApplication application) => _application = application;

    /// <summary>Answers a request instead of the receiver, which then does not keep it, unless it returns false.</summary>
    public Func<HttpContext, ExportLogsServiceRequest, Task<bool>>? Answer { get; set; }

    /// <summary>Whether requests that are compressed are refused before they are read.</summary>
    public bool RefusesGzip { get; set; }

    /// <summary>What an accepted request is answered.</summary>
    public ExportLogsServiceResponse Response { get; set; } = new();

    public Uri Endpoint => new(_application.Urls.Single() + "/v1/logs");

    /// <summary>The requests that were asked, whatever became of them, that were not empty.</summary>
    public IReadOnlyList<(IHeaderDictionary Headers, int Records)> Asked => [.. _asked.Where(request => request.Records > 0)];

    /// <summary>All requests that were asked.</summary>
    public int Requests => _asked.Count;

    public IReadOnlyList<ExportLogsServiceRequest> Accepted => [.. _accepted];

    public IReadOnlyList<LogRecord> Records => [.. _accepted.SelectMany(RecordsOf)];

    public static async Task<OtlpReceiver> StartAsync(bool isGrpc = false, Action<ListenOptions>? listen = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, options =>
        {
            options.Protocols = isGrpc ? HttpProtocols.Http2 : HttpProtocols.Http1;
            listen?.Invoke(options);
        }));
        OtlpReceiver? receiver = null;
        builder.Services.AddGrpc();
        builder.Services.AddSingleton(_ => receiver!);
        var application = builder.Build();
        receiver = new OtlpReceiver(application);
        if (isGrpc)
        {
            application.MapGrpcService<GrpcLogs>();
        }
        else
        {
            application.MapPost("/v1/logs", receiver.ReceiveAsync);
        }

        await application.StartAsync(TestContext.Current.CancellationToken);
        return receiver;
    }

    public void Accept(ExportLogsServiceRequest request) => _accepted.Enqueue(request);

    public ValueTask DisposeAsync() => _application.DisposeAsync();

    /// <summary>Writes a message as the answer.</summary>
    public static async Task WriteAsync(HttpContext context, IMessage message, int status = StatusCodes.Status200OK)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = ContentType;
        await context.Response.Body.WriteAsync(message.ToByteArray());
    }

    public static IEnumerable<LogRecord> RecordsOf(ExportLogsServiceRequest request) => request.ResourceLogs.SelectMany(resource => resource.ScopeLogs).SelectMany(scope => scope.LogRecords);

    private async Task ReceiveAsync(HttpContext context)
    {
        if (RefusesGzip && context.Request.Headers.ContentEncoding == "gzip")
        {
            await WriteAsync(context, new Status { Message = "unsupported Content-Encoding: gzip" }, StatusCodes.Status400BadRequest);
            return;
        }

        using var body = new MemoryStream();
        if (context.Request.Headers.ContentEncoding == "gzip")
        {
            await using var gzip = new GZipStream(context.Request.Body, CompressionMode.Decompress);
            await gzip.CopyToAsync(body);
            if (context.Request.ContentLength == 0)
            {
                // The collector of OpenTelemetry reads the header of gzip before anything else, and .NET accepts nothing at all.
                await WriteAsync(context, new Status { Message = "EOF" }, StatusCodes.Status400BadRequest);
                return;
            }
        }
        else
        {
            await context.Request.Body.CopyToAsync(body);
        }

        Assert.Equal(ContentType, context.Request.ContentType);
        var request = ExportLogsServiceRequest.Parser.ParseFrom(body.ToArray());
        _asked.Enqueue((new HeaderDictionary(context.Request.Headers.ToDictionary()), RecordsOf(request).Count()));
        if (Answer is { } answer && await answer(context, request))
        {
            return;
        }

        if (body.Length > 0)
        {
            Accept(request);
        }

        await WriteAsync(context, Response);
    }

    private sealed class GrpcLogs(OtlpReceiver receiver) : LogsService.LogsServiceBase
    {
        public override Task<ExportLogsServiceResponse> Export(ExportLogsServiceRequest request, Grpc.Core.ServerCallContext context)
        {
            receiver.Accept(request);
            return Task.FromResult(receiver.Response);
        }
    }
}
