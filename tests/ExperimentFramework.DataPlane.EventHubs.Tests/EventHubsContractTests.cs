using ExperimentFramework.DataPlane.Tests.Delivery;

namespace ExperimentFramework.DataPlane.EventHubs.Tests;

/// <summary>What every destination does, with envelopes as JSON.</summary>
public sealed class EventHubsContractTests : EventHubsContract
{
    private protected override EventFormat Format => EventFormat.Json;
}

/// <summary>The same, with CloudEvents in binary mode.</summary>
public sealed class EventHubsCloudEventsContractTests : EventHubsContract
{
    private protected override EventFormat Format => EventFormat.CloudEvents;
}

/// <summary>What every destination does, against a hub on this machine.</summary>
public abstract class EventHubsContract : BackplaneContract, IAsyncLifetime
{
    // Some events of the contract have megabytes, as the dedicated tiers take them.
    private readonly HubServer _server = HubServer.Start(maxMessageSize: 20 * 1024 * 1024);
    private EventHubsAmqpDataBackplane _backplane = null!;

    public ValueTask InitializeAsync()
    {
        _backplane = new EventHubsAmqpDataBackplane(TestClient.Connect(_server), new EventHubsAmqpDataBackplaneOptions { Format = Format }, ownsClient: true);
        return default;
    }

    public async ValueTask DisposeAsync()
    {
        await _backplane.DisposeAsync();
        _server.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected abstract EventFormat Format { get; }

    /// <summary>The events of one subject keep their order, and those of the contract have subjects of their own.</summary>
    protected override bool KeepsOrder => false;

    protected override bool Deduplicates => false;

    protected override ValueTask<IDataBackplane> CreateAsync() => ValueTask.FromResult<IDataBackplane>(_backplane);

    protected override ValueTask<IReadOnlyList<DataPlaneEnvelope>> ReadBackAsync() => ValueTask.FromResult<IReadOnlyList<DataPlaneEnvelope>>([.. _server.Messages.Select(message => message.Envelope)]);
}
