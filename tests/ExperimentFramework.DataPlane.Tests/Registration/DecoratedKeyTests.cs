using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane.Tests.Registration;

/// <summary>A decorated service that is registered under a key sees that key, as without the proxy.</summary>
public sealed class DecoratedKeyTests
{
    public static TheoryData<string, Action<IServiceCollection>> Registrations => new()
    {
        { "[ServiceKey] string", services => services.AddKeyedScoped<IMailer, StringKeyMailer>("smtp") },
        { "[ServiceKey] object", services => services.AddKeyedSingleton<IMailer, ObjectKeyMailer>("smtp") },
        { "inherited [FromKeyedServices]", services => services.AddKeyedTransient<IMailer, InheritingMailer>("smtp").AddKeyedSingleton("smtp", new Transport("smtp")) },
        { "factory", services => services.AddKeyedSingleton<IMailer>("smtp", (_, key) => new ObjectKeyMailer(key!)) },
        { "any key", services => services.AddKeyedSingleton<IMailer, StringKeyMailer>(KeyedService.AnyKey) },
        { "factory for any key", services => services.AddKeyedSingleton<IMailer>(KeyedService.AnyKey, (_, key) => new ObjectKeyMailer(key!)) },
        { "own type too", services => services.AddKeyedSingleton<StringKeyMailer>("smtp").AddKeyedSingleton<IMailer, StringKeyMailer>("smtp") },
        { "own type for any key", services => services.AddKeyedSingleton<StringKeyMailer>(KeyedService.AnyKey).AddKeyedSingleton<IMailer, StringKeyMailer>("smtp") },
        { "instance", services => services.AddKeyedSingleton<IMailer>("smtp", new ObjectKeyMailer("smtp")) },
    };

    [Theory]
    [MemberData(nameof(Registrations), DisableDiscoveryEnumeration = true)]
    public async Task It_sees_its_own_key(string how, Action<IServiceCollection> register)
    {
        Assert.NotEmpty(how);
        var services = new ServiceCollection();
        services.AddLogging().AddInMemoryDataBackplane();
        register(services);
        var others = services.Count(descriptor => descriptor.ServiceType == typeof(StringKeyMailer));
        services.AddExposureLogging<IMailer>(exposures => exposures.Using(new FixedSelector("blue")), "smtp");
        await using var provider = services.BuildServiceProvider(new ServiceProviderOptions { ValidateScopes = true, ValidateOnBuild = true });
        await using var scope = provider.CreateAsyncScope();

        Assert.Equal("smtp", scope.ServiceProvider.GetRequiredKeyedService<IMailer>("smtp").Send("u"));

        Assert.Single(provider.GetRequiredService<InMemoryDataBackplane>().Events, envelope => envelope.Payload is ExposureEvent);
        Assert.Single(scope.ServiceProvider.GetKeyedServices<IMailer>("smtp"));
        if (others > 0 && how == "own type too")
        {
            Assert.Single(scope.ServiceProvider.GetKeyedServices<StringKeyMailer>("smtp"));
        }
    }

    [Fact]
    public async Task Two_services_of_one_class_and_key_stay_two()
    {
        var services = new ServiceCollection();
        services.AddLogging().AddInMemoryDataBackplane();
        services.AddKeyedSingleton<IMailer, TwofoldMailer>("smtp").AddKeyedSingleton<IGreeter, TwofoldMailer>("smtp");
        services.AddExposureLogging<IMailer>(exposures => exposures.Using(new FixedSelector("blue")), "smtp");
        services.AddExposureLogging<IGreeter>(exposures => exposures.Using(new FixedSelector("blue")), "smtp");
        await using var provider = services.BuildServiceProvider();

        Assert.Equal("smtp 1", provider.GetRequiredKeyedService<IMailer>("smtp").Send("u"));
        Assert.Equal("smtp 0", provider.GetRequiredKeyedService<IGreeter>("smtp").Greet("u"));
    }

    [Fact]
    public void Every_key_at_once_is_refused()
    {
        var services = new ServiceCollection();
        services.AddKeyedSingleton<IMailer, StringKeyMailer>(KeyedService.AnyKey);

        var error = Assert.Throws<InvalidOperationException>(
            () => services.AddExposureLogging<IMailer>(exposures => exposures.Using(new FixedSelector("blue")), KeyedService.AnyKey));

        Assert.Contains("name the key that is resolved", error.Message, StringComparison.Ordinal);
    }

    private sealed class StringKeyMailer([ServiceKey] string key) : IMailer
    {
        public string Send(string user) => key;
    }

    private sealed class ObjectKeyMailer([ServiceKey] object key) : IMailer
    {
        public string Send(string user) => $"{key}";
    }

    private sealed class InheritingMailer([FromKeyedServices] Transport transport) : IMailer
    {
        public string Send(string user) => transport.Name;
    }

    private sealed record Transport(string Name);

    /// <summary>Counts the calls of each instance, so that two are told from one.</summary>
    private sealed class TwofoldMailer([ServiceKey] string key) : Hello, IMailer
    {
        private int _calls;

        public string Send(string user) => $"{key} {++_calls}";

        public override string Greet(string? user) => $"{key} {_calls}";
    }
}

[ExposureLogged("mailer")]
public interface IMailer
{
    string Send([ExposureSubject("user")] string user);
}
