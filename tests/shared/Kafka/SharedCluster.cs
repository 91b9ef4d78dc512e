[assembly: AssemblyFixture(typeof(ExperimentFramework.DataPlane.Kafka.Tests.SharedCluster))]

namespace ExperimentFramework.DataPlane.Kafka.Tests;

/// <summary>One cluster for all tests that let it work, each with a topic of its own.</summary>
public sealed class SharedCluster : IAsyncDisposable
{
    private readonly SemaphoreSlim _start = new(1);
    private KafkaCluster? _cluster;

    /// <summary>Starts the cluster with the first test.</summary>
    public async Task<KafkaCluster> GetAsync()
    {
        await _start.WaitAsync();
        try
        {
            return _cluster ??= await KafkaCluster.StartAsync();
        }
        finally
        {
            _start.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        _start.Dispose();
        if (_cluster is not null)
        {
            await _cluster.DisposeAsync();
        }
    }
}
