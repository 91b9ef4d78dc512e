using System.IO.Compression;
using System.Net;
using System.Net.Sockets;

namespace ExperimentFramework.StreamingSample;

/// <summary>A collector of OpenTelemetry logs over HTTP that counts subjects, and can be stopped and started.</summary>
/// <param name="forgets">The share of the exposures that it accepts and loses, to show that losses are found.</param>
internal sealed class Collector(double forgets) : IAsyncDisposable
{
    private readonly int _port = FreePort();
    private readonly Random _random = new(1);
    private HttpListener? _listener;
    private Task _serving = Task.CompletedTask;

    /// <summary>Where log records are sent.</summary>
    public string Endpoint => $"http://127.0.0.1:{_port}/v1/logs";

    /// <summary>The subjects that it has received, by variant.</summary>
    public SubjectCounts Received { get; } = new();

    /// <summary>Starts listening.</summary>
    public void Start()
    {
        _listener = new HttpListener { Prefixes = { $"http://127.0.0.1:{_port}/" } };
        _listener.Start();
        _serving = ServeAsync(_listener);
    }

    /// <summary>Stops listening: requests from now on are refused.</summary>
    public async Task StopAsync()
    {
        _listener?.Close();
        _listener = null;
        await _serving;
    }

    public async ValueTask DisposeAsync() => await StopAsync();

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    private async Task ServeAsync(HttpListener listener)
    {
        try
        {
            while (true)
            {
                await AnswerAsync(await listener.GetContextAsync());
            }
        }
        catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException)
        {
            // It was stopped. A request without an answer is sent again.
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        using var body = new MemoryStream();
        await (context.Request.Headers["Content-Encoding"] == "gzip" ? new GZipStream(context.Request.InputStream, CompressionMode.Decompress) : context.Request.InputStream).CopyToAsync(body);
        foreach (var (variant, subject) in OtlpExposures.Read(body.ToArray()))
        {
            if (_random.NextDouble() >= forgets)
            {
                Received.Add(variant, subject);
            }
        }

        // An empty message: everything was accepted.
        context.Response.ContentType = "application/x-protobuf";
        context.Response.Close();
    }
}
