#nullable disable

namespace ExperimentFramework.DataPlane.Shapes.Tests.Shapes;

public sealed class ObliviousTests
{
    [Fact]
    public async Task Nullable_oblivious_interfaces_stay_clean()
    {
        var variant = new Oblivious();
        using var served = ServedExposure<IOblivious<string>>.With(
            builder => builder.Trial<IOblivious<string>>(trial => trial.AddControl<Oblivious>()),
            services => Microsoft.Extensions.DependencyInjection.ServiceCollectionServiceExtensions.AddSingleton(services, variant));

        Assert.Null(served.Proxy.Find(null, null));
        Assert.Null(await served.Proxy.FindAsync<string>(null));
        served.Proxy.Items = null;
        Assert.Null(served.Proxy.Items);
        Assert.Equal(["Find", "FindAsync"], variant.Calls);
    }
}

[ExposureLogged(FallbackToControl = true, RecordOutcomes = true)]
public interface IOblivious<T>
    where T : class
{
    List<T> Items { get; set; }

    T Find([ExposureSubject] string subject, List<T> among);

    Task<TItem> FindAsync<TItem>([ExposureSubject] string subject)
        where TItem : class;
}

public sealed class Oblivious : Recording, IOblivious<string>
{
    public List<string> Items { get; set; }

    public string Find(string subject, List<string> among)
    {
        Record($"Find");
        return null;
    }

    public Task<TItem> FindAsync<TItem>(string subject)
        where TItem : class
    {
        Record($"FindAsync");
        return Task.FromResult<TItem>(null);
    }
}
