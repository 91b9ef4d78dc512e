namespace ExperimentFramework.DataPlane.Shapes.Tests.Shapes;

public sealed class DisposalTests
{
    [Fact]
    public async Task Dispose_and_dispose_async_are_forwarded_and_not_exposed()
    {
        var variant = new Disposing();
        using var served = ServedExposure<IDisposing>.By(variant);

        served.Proxy.Dispose();
        await served.Proxy.DisposeAsync();

        Assert.Equal(["Dispose", "DisposeAsync"], variant.Calls);
        Assert.Empty(served.Exposures);
    }

    [Fact]
    public void The_container_that_owns_the_variant_disposes_it_and_the_proxy_does_not()
    {
        var log = new List<string>();
        using (var served = ServedExposure<IDisposing>.With(
            builder => builder.Trial<IDisposing>(trial => trial.AddControl<Disposing>()),
            services => Microsoft.Extensions.DependencyInjection.ServiceCollectionServiceExtensions.AddSingleton(services, _ => new Disposing(log))))
        {
            served.Proxy.Use();
        }

        Assert.Equal(["Use", "Dispose"], log);
    }
}

[ExposureLogged]
public interface IDisposing : IDisposable, IAsyncDisposable
{
    void Use();
}

public sealed class Disposing(List<string>? log = null) : IDisposing
{
    public List<string> Calls { get; } = log ?? [];

    public void Use() => Calls.Add("Use");

    public void Dispose() => Calls.Add("Dispose");

    public ValueTask DisposeAsync()
    {
        Calls.Add("DisposeAsync");
        return ValueTask.CompletedTask;
    }
}
