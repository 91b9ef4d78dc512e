using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane.PastProxies.Tests;

/// <summary>What tagged parameters, the tag itself and type arguments become.</summary>
public sealed class ParameterTests
{
    private static readonly Guid Account = new("6f9619ff-8b86-d011-b42d-00c04fc964ff");

    [Fact]
    public async Task Tagged_parameters_are_in_the_exposure()
    {
        await using var experiment = PastExperiment<IAttributes>.Of<Attributes, Attributes>();

        Assert.Equal("5", experiment.Proxy.Get(Account, "tenant-1", 5, "NZ", "a@example.com"));

        var exposure = Assert.Single(experiment.Exposures);
        Assert.Equal((Account.ToString(), "account", "tenant-1"), (exposure.SubjectId, exposure.SubjectType, exposure.TenantId));
        Assert.Equal(["email", "home-country", "items"], exposure.Attributes!.Keys.Order());
        Assert.Equal((5L, "NZ"), (Convert.ToInt64(exposure.Attributes["items"], null), exposure.Attributes["home-country"]));
    }

    [Fact]
    public async Task A_personal_attribute_is_redacted()
    {
        await using var experiment = PastExperiment<IAttributes>.Of<Attributes, Attributes>();

        experiment.Proxy.Get(Account, "tenant-1", 5, "NZ", "a@example.com");

        var attributes = Assert.Single(experiment.Exposures).Attributes!;
        Assert.Equal("NZ", attributes["home-country"]);
        Assert.Equal("[redacted]", attributes["email"]);
    }

    [Fact]
    public async Task An_asynchronous_member_with_attributes_and_a_token_exposes()
    {
        await using var experiment = PastExperiment<IAttributes>.Of<Attributes, Attributes>();

        Assert.Equal("7", await experiment.Proxy.GetTask(Account, 7, CancellationToken.None));

        Assert.Equal(7L, Convert.ToInt64(Assert.Single(experiment.Exposures).Attributes!["items"], null));
    }

    [Fact]
    public async Task The_tags_semantics_hold()
    {
        await using var experiment = PastExperiment<ISettings>.Of<Settings, Settings>();

        experiment.Proxy.Get("user-1");
        Assert.Empty(experiment.Exposures);

        await experiment.Get<IExposureLogger<ISettings>>().LogExposureAsync("user-1");
        Assert.Equal("past-settings", Assert.Single(experiment.Exposures).ExperimentName);
    }

    [Fact]
    public async Task A_generic_interface_that_was_closed_in_the_binary_exposes()
    {
        await using var experiment = PastExperiment<IGeneric<int>>.With(
            experiments => Registrations.AddGeneric(experiments, PastExperiment<IGeneric<int>>.Configure<Number, Number>),
            services => services.AddTransient<Number>());

        Assert.Equal((42, "42"), (experiment.Proxy.Get("user-1"), experiment.Proxy.Convert("user-2", number => $"{number}")));

        Assert.Equal(["user-1", "user-2"], experiment.Exposures.Select(exposure => exposure.SubjectId));
    }

    [Fact]
    public async Task Dispose_reaches_the_variant_and_does_not_expose()
    {
        var variant = new Disposed();
        await using var experiment = PastExperiment<IDisposals>.With(
            experiments => experiments.Trial<IDisposals>(PastExperiment<IDisposals>.Configure<Disposed, Disposed>),
            services => services.AddSingleton(variant));
        var proxy = experiment.Proxy;
        proxy.Get("user-1");

        proxy.Dispose();
        await proxy.DisposeAsync();

        Assert.Equal(["Get", "Dispose", "DisposeAsync"], variant.Called);
        Assert.Single(experiment.Exposures);
    }

    private sealed class Attributes : IAttributes
    {
        public string Get(Guid account, string tenant, int items, string country, string email) => $"{items}";

        public Task<string> GetTask(Guid account, int items, CancellationToken cancellationToken) => Task.FromResult($"{items}");
    }

    private sealed class Settings : ISettings
    {
        public string Get(string user) => user;
    }

    private sealed class Number : IGeneric<int>
    {
        public int Get(string user) => 42;

        public TOther Convert<TOther>(string user, Func<int, TOther> convert) => convert(42);
    }

    private sealed class Disposed : IDisposals
    {
        public List<string> Called { get; } = [];

        public string Get(string user)
        {
            Called.Add("Get");
            return user;
        }

        public void Dispose() => Called.Add("Dispose");

        public ValueTask DisposeAsync()
        {
            Called.Add("DisposeAsync");
            return ValueTask.CompletedTask;
        }
    }
}
