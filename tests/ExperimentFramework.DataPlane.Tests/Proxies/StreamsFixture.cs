using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane.Tests.Exposure;

/// <summary>An experiment with a stream and a task, which falls back to control.</summary>
internal static class StreamsFixture
{
    public static DataPlaneFixture With(StreamsVariant variant, StreamsControl? control = null) => DataPlaneFixture.With(
        builder => builder.Trial<IStreams>(trial => trial
            .AddControl<StreamsControl>().AddVariant<StreamsVariant>("b").Using(new FixedSelector("b")).OnErrorFallbackToControl()),
        services: services => services.AddSingleton(control ?? new StreamsControl()).AddSingleton(variant));
}

[ExposureLogged("streams", FallbackToControl = true)]
public interface IStreams
{
    IAsyncEnumerable<int> Items([ExposureSubject] string subject);

    Task<string> RunAsync([ExposureSubject] string subject);
}

public sealed class StreamsVariant : IStreams
{
    public Func<IAsyncEnumerable<int>>? Make { get; init; }

    public Task<string>? Running { get; init; }

    public IAsyncEnumerable<int> Items(string subject) => Make!();

    public Task<string> RunAsync(string subject) => Running!;
}

public sealed class StreamsControl : IStreams
{
    public SynchronizationContext? SeenContext { get; private set; }

    public async IAsyncEnumerable<int> Items(string subject)
    {
        await Task.Yield();
        yield return 1;
        yield return 2;
    }

    public Task<string> RunAsync(string subject)
    {
        SeenContext = SynchronizationContext.Current;
        return Task.FromResult("control");
    }
}

/// <summary>Fails before its first element, and once more when it is disposed.</summary>
public sealed class FailingStream : IAsyncEnumerable<int>, IAsyncEnumerator<int>
{
    public int Current => 0;

    public IAsyncEnumerator<int> GetAsyncEnumerator(CancellationToken cancellationToken = default) => this;

    public async ValueTask<bool> MoveNextAsync()
    {
        await Task.Yield();
        throw new InvalidOperationException("variant");
    }

    public int Disposals { get; private set; }

    public ValueTask DisposeAsync()
    {
        Disposals++;
        throw new IOException("disposal");
    }
}
