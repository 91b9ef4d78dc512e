using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

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

    public static TheoryData<string?, bool, ServiceLifetime> Lifetimes => new MatrixTheoryData<string?, bool, ServiceLifetime>(
        [null, "smtp"], [true, false], Enum.GetValues<ServiceLifetime>());

    [Theory]
    [MemberData(nameof(Lifetimes))]
    public async Task It_keeps_its_lifetime(string? key, bool isFactory, ServiceLifetime lifetime)
    {
        var services = new ServiceCollection();
        services.AddLogging().AddInMemoryDataBackplane();
        services.Add((key, isFactory) switch
        {
            (null, true) => ServiceDescriptor.Describe(typeof(IMailer), _ => new NumberedMailer(), lifetime),
            (null, false) => ServiceDescriptor.Describe(typeof(IMailer), typeof(NumberedMailer), lifetime),
            (_, true) => ServiceDescriptor.DescribeKeyed(typeof(IMailer), key, (_, _) => new NumberedMailer(), lifetime),
            (_, false) => ServiceDescriptor.DescribeKeyed(typeof(IMailer), key, typeof(NumberedMailer), lifetime),
        });
        services.AddExposureLogging<IMailer>(exposures => exposures.Using(new FixedSelector("blue")), key);
        await using var provider = services.BuildServiceProvider(validateScopes: true);
        await using var scope = provider.CreateAsyncScope();
        await using var other = provider.CreateAsyncScope();

        string[] answers = [Send(scope), Send(scope), Send(other)];

        Assert.Equal(lifetime == ServiceLifetime.Transient ? 3 : lifetime == ServiceLifetime.Scoped ? 2 : 1, answers.Distinct().Count());
        Assert.Equal(lifetime != ServiceLifetime.Transient, answers[0] == answers[1]);

        string Send(AsyncServiceScope from) => from.ServiceProvider.GetRequiredKeyedService<IMailer>(key).Send("u");
    }

    [Fact]
    public async Task Its_exposures_name_the_build_of_what_is_known_of_it()
    {
        Action<IServiceCollection>[] known =
        [
            services => services.AddSingleton<IMailer, NumberedMailer>(), services => services.AddSingleton<IMailer>(new NumberedMailer()),
            services => services.AddKeyedSingleton<IMailer, NumberedMailer>("smtp"), services => services.AddKeyedSingleton<IMailer>("smtp", new NumberedMailer()),
        ];
        Action<IServiceCollection>[] unknown =
        [
            services => services.AddSingleton<IMailer>(_ => new NumberedMailer()), services => services.AddKeyedSingleton<IMailer>("smtp", (_, _) => new NumberedMailer()),
        ];

        foreach (var register in known)
        {
            Assert.Equal(typeof(NumberedMailer).Module.ModuleVersionId, await BuildOf(register));
        }

        foreach (var register in unknown)
        {
            Assert.Null(await BuildOf(register));
        }

        static async Task<Guid?> BuildOf(Action<IServiceCollection> register)
        {
            var services = new ServiceCollection();
            services.AddLogging().AddInMemoryDataBackplane();
            register(services);
            var key = services.Last(descriptor => descriptor.ServiceType == typeof(IMailer)).ServiceKey;
            services.AddExposureLogging<IMailer>(exposures => exposures.Using(new FixedSelector("blue")), key);
            await using var provider = services.BuildServiceProvider();
            provider.GetRequiredKeyedService<IMailer>(key).Send("u");
            return Assert.IsType<ExposureEvent>(Assert.Single(provider.GetRequiredService<InMemoryDataBackplane>().Events).Payload).VariantBuild;
        }
    }

    [Fact]
    public async Task A_registration_for_any_key_stays_for_the_others()
    {
        var services = new ServiceCollection();
        services.AddLogging().AddInMemoryDataBackplane();
        services.AddKeyedSingleton<IMailer, StringKeyMailer>(KeyedService.AnyKey);
        services.AddExposureLogging<IMailer>(exposures => exposures.Using(new FixedSelector("blue")), "smtp");
        await using var provider = services.BuildServiceProvider();

        Assert.Equal("sms", provider.GetRequiredKeyedService<IMailer>("sms").Send("u"));
        Assert.Empty(provider.GetRequiredService<InMemoryDataBackplane>().Events);
    }

    [Fact]
    public async Task An_experiment_may_be_named_as_the_key_that_its_service_has()
    {
        await using var fixture = DataPlaneFixture.Bare(_ => { }, services => services
            .AddInMemoryDataBackplane().AddKeyedSingleton<IMailer, StringKeyMailer>("smtp")
            .AddExposureLogging<IMailer>(exposures => exposures.Using(new FixedSelector("blue")).Named("smtp"), "smtp"));
        await ExperimentHost.StartAsync(fixture);

        Assert.Equal("smtp", fixture.Services.GetRequiredKeyedService<IMailer>("smtp").Send("u"));

        Assert.Equal("smtp", Assert.Single(fixture.Exposures).ExperimentName);
        Assert.Same(fixture.Services.GetRequiredKeyedService<IMailer>("smtp"), Assert.Single(fixture.Services.GetKeyedServices<IMailer>("smtp")));
        Assert.Single(fixture.Services.GetKeyedServices<IExposureLogger<IMailer>>("smtp"));
        Assert.DoesNotContain(fixture.Logs, record => record.Id.Id is 47 or 68);
    }

    [Theory]
    [InlineData("mailer")]
    [InlineData("smtp")]
    public async Task The_other_services_of_its_key_stay_before_it_whatever_the_experiment_is_named(string name)
    {
        await using var fixture = DataPlaneFixture.Bare(_ => { }, services => services
            .AddInMemoryDataBackplane().AddKeyedSingleton<IMailer>("smtp", new ObjectKeyMailer("first")).AddKeyedSingleton<IMailer>("smtp", new ObjectKeyMailer("second"))
            .AddExposureLogging<IMailer>(exposures => exposures.Using(new FixedSelector("blue")).Named(name), "smtp"));
        await ExperimentHost.StartAsync(fixture);

        Assert.Equal(["first", "second"], fixture.Services.GetKeyedServices<IMailer>("smtp").Select(mailer => mailer.Send("u")));
        Assert.Single(fixture.Exposures);
    }

    [Fact]
    public async Task A_service_that_is_registered_again_under_the_name_of_its_experiment_stops_the_start()
    {
        await using var fixture = DataPlaneFixture.Bare(_ => { }, services => services
            .AddInMemoryDataBackplane().AddKeyedSingleton<IMailer, StringKeyMailer>("smtp")
            .AddExposureLogging<IMailer>(exposures => exposures.Using(new FixedSelector("blue")).Named("smtp"), "smtp")
            .AddKeyedSingleton<IMailer>("smtp", new ObjectKeyMailer("later")));

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => ExperimentHost.StartAsync(fixture));

        Assert.Contains("is registered again after the experiment", error.Message, StringComparison.Ordinal);
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

        Assert.Contains("Pass the key that is resolved", error.Message, StringComparison.Ordinal);
    }

    private sealed class StringKeyMailer([ServiceKey] string key) : IMailer
    {
        public string Send(string user) => key;
    }

    private sealed class ObjectKeyMailer([ServiceKey] object key) : IMailer
    {
        public string Send(string user) => $"{key}";
    }

    private sealed class NumberedMailer : IMailer
    {
        private readonly string _number = $"{Guid.NewGuid()}";

        public string Send(string user) => _number;
    }

    private sealed class InheritingMailer([FromKeyedServices] Transport transport) : IMailer
    {
        public string Send(string user) => transport.Name;
    }

    private sealed record Transport(string Name);

    /// <summary>Counts the calls of each instance, so that two differ from one.</summary>
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
