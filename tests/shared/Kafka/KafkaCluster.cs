using System.Diagnostics;
using System.Globalization;

namespace ExperimentFramework.DataPlane.Kafka.Tests;

/// <summary>Brokers in another process, on real sockets, that fail as the test says.</summary>
public sealed class KafkaCluster : IAsyncDisposable
{
    /// <summary>The number of the request that carries events, in the protocol.</summary>
    public const int Produce = 0;

    /// <summary>Partitions of a topic: the brokers keep 5 MiB of each.</summary>
    public const int Partitions = 16;

    private readonly Process _process;
    private readonly SemaphoreSlim _turn = new(1);
    private int _topics;

    private KafkaCluster(Process process, string addresses)
    {
        _process = process;
        Addresses = addresses;
    }

    /// <summary>The addresses of the brokers.</summary>
    public string Addresses { get; private set; }

    /// <summary>Starts brokers; the test is skipped where the reader of what they hold is not installed.</summary>
    public static async Task<KafkaCluster> StartAsync(int brokers = 3)
    {
        Assert.SkipUnless(Kcat.IsInstalled, "kcat is not installed.");
        var program = Path.Combine(
            AppContext.BaseDirectory.Replace(typeof(KafkaCluster).Assembly.GetName().Name!, "assets/ExperimentFramework.DataPlane.Kafka.Broker", StringComparison.Ordinal),
            "ExperimentFramework.DataPlane.Kafka.Broker.dll");
        var process = Process.Start(new ProcessStartInfo("dotnet", [program, brokers.ToString(CultureInfo.InvariantCulture)])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        process.BeginErrorReadLine();
        return new KafkaCluster(process, await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The brokers did not start."));
    }

    /// <summary>Creates a topic with a name of its own.</summary>
    public async Task<string> CreateTopicAsync(int partitions = Partitions)
    {
        var topic = "topic-" + Interlocked.Increment(ref _topics).ToString(CultureInfo.InvariantCulture);
        await CreateTopicAsync(topic, partitions);
        return topic;
    }

    /// <summary>Creates a topic.</summary>
    public Task CreateTopicAsync(string topic, int partitions) => RunAsync($"topic {topic} {partitions}");

    /// <summary>Lets the next requests of a kind fail, each with an error: a code of the protocol, or -195 to cut the connection.</summary>
    public Task FailAsync(int request, params int[] errors) => RunAsync($"errors {request} {string.Join(' ', errors)}");

    /// <summary>Lets no further request of a kind fail.</summary>
    public Task StopFailingAsync(int request) => RunAsync($"clear {request}");

    /// <summary>Refuses a topic with an error; 0 ends it.</summary>
    public Task RefuseTopicAsync(string topic, int error) => RunAsync($"topic-error {topic} {error}");

    public Task MoveLeaderAsync(string topic, int partition, int broker) => RunAsync($"leader {topic} {partition} {broker}");

    public Task TakeDownAsync(int broker) => RunAsync($"down {broker}");

    public Task BringUpAsync(int broker) => RunAsync($"up {broker}");

    /// <summary>Lets a broker answer late.</summary>
    public Task DelayAsync(int broker, TimeSpan time) => RunAsync(string.Create(CultureInfo.InvariantCulture, $"delay {broker} {time.TotalMilliseconds}"));

    /// <summary>Lets the only broker give clients another address, that of a proxy.</summary>
    public async Task AdvertiseAsync(string host, int port) => await RunAsync($"address 1 {host} {port}");

    public async Task TakeAllDownAsync()
    {
        for (var broker = 1; broker <= Addresses.Split(',').Length; broker++)
        {
            await TakeDownAsync(broker);
        }
    }

    public async Task BringAllUpAsync()
    {
        for (var broker = 1; broker <= Addresses.Split(',').Length; broker++)
        {
            await BringUpAsync(broker);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        try
        {
            await _process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill();
        }

        _process.Dispose();
        _turn.Dispose();
    }

    private async Task RunAsync(string command)
    {
        await _turn.WaitAsync();
        try
        {
            await _process.StandardInput.WriteLineAsync(command);
            await _process.StandardInput.FlushAsync();
            Assert.Equal("ok", await _process.StandardOutput.ReadLineAsync());
        }
        finally
        {
            _turn.Release();
        }
    }
}
