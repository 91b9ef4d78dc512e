using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane.Tests.Exposure;

/// <summary>Guarantee 3 (docs/concepts/guarantees.md): exposures that the application records itself.</summary>
public sealed class ExplicitTests
{
    private readonly FixedSelector _selector = new("b");

    [Fact]
    public async Task Nothing_is_recorded_until_asked_and_then_what_was_served()
    {
        await using var fixture = Explicit();
        await using var scope = fixture.Scope();
        var (greeter, logger) = Services(scope);
        Assert.False(await logger.LogExposureAsync("u1"));

        greeter.GreetWith("u1", "FR", 44);
        Assert.Empty(fixture.Exposures);

        _selector.Variant = "control";
        Assert.True(await logger.LogExposureAsync("u1"));
        Assert.False(await logger.LogExposureAsync("u2"));

        var exposure = Assert.Single(fixture.Exposures);
        Assert.Equal(("b", "u1", "FR"), (exposure.VariantKey, exposure.SubjectId, exposure.Attributes!["country"]));
    }

    [Fact]
    public async Task Without_an_id_the_current_subject_is_meant_whatever_else_was_served()
    {
        await using var fixture = Explicit(new FixedSubject("7"));
        await using var scope = fixture.Scope();
        var (greeter, logger) = Services(scope);

        greeter.GreetSomeone();
        _selector.Variant = "control";
        greeter.Greet("7");
        Assert.True(await logger.LogExposureAsync());

        var exposure = Assert.Single(fixture.Exposures);
        Assert.Equal(("session", "b"), (exposure.SubjectType, exposure.VariantKey));
    }

    [Fact]
    public async Task Without_an_id_the_current_subject_is_meant_in_its_own_tenant()
    {
        var provider = new OfTenant("42") { TenantId = "B" };
        await using var fixture = Explicit(provider);
        await using var scope = fixture.Scope();
        var (greeter, logger) = Services(scope);

        greeter.GreetSomeone();
        provider.TenantId = "A";
        _selector.Variant = "control";
        greeter.GreetSomeone();
        provider.TenantId = "B";
        Assert.True(await logger.LogExposureAsync());

        var exposure = Assert.Single(fixture.Exposures);
        Assert.Equal(("42", "B", "b"), (exposure.SubjectId, exposure.TenantId, exposure.VariantKey));
        provider.TenantId = "C";
        Assert.False(await logger.LogExposureAsync());
        provider.TenantId = null;
        Assert.True(await logger.LogExposureAsync());
        Assert.Equal("A", fixture.Exposures[^1].TenantId);
    }

    [Fact]
    public async Task With_an_id_the_subject_of_the_current_tenant_takes_precedence()
    {
        var provider = new OfTenant("42") { TenantId = "B" };
        await using var fixture = Explicit(provider);
        await using var scope = fixture.Scope();
        var (greeter, logger) = Services(scope);

        greeter.GreetSomeone();
        provider.TenantId = "A";
        greeter.GreetSomeone();
        foreach (var tenant in new[] { "B", "A", "C", null })
        {
            provider.TenantId = tenant;
            Assert.True(await logger.LogExposureAsync("42"));
        }

        Assert.Equal(["B", "A", "A", "A"], fixture.Exposures.Select(exposure => exposure.TenantId));
    }

    [Fact]
    public async Task Without_an_id_and_a_provider_the_one_served_in_this_flow_is_meant()
    {
        await using var fixture = Explicit();
        await using var scope = fixture.Scope();
        var (greeter, logger) = Services(scope);

        async Task<bool> Request(string? user)
        {
            if (user is not null)
            {
                greeter.Greet(user);
            }

            await Task.Yield();
            return await logger.LogExposureAsync();
        }

        var answers = await Task.WhenAll(Request("alice"), Request("bob"), Request(null));

        Assert.Equal([true, true, false], answers);
        Assert.Equal(["alice", "bob"], fixture.Exposures.Select(exposure => exposure.SubjectId).Order());
        Assert.Single(fixture.Logs, record => record.Message.Contains("found nothing to record", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_scope_knows_only_what_it_served_itself()
    {
        await using var fixture = Explicit();
        await using var one = fixture.Scope();
        await using var other = fixture.Scope();

        Services(one).Greeter.Greet("u1");

        Assert.False(await Services(other).Logger.LogExposureAsync("u1"));
        Assert.False(await Services(other).Logger.LogExposureAsync());
        Assert.True(await Services(one).Logger.LogExposureAsync("u1"));
    }

    [Fact]
    public async Task Explicit_in_the_options_has_scopes_too()
    {
        var services = new ServiceCollection();
        services.AddSingleton<Hello>().AddSingleton<Bonjour>().AddInMemoryDataBackplane();
        services.AddDataBackplane(options => options.ExposureSemantics = ExposureSemantics.Explicit);
        services.AddExperimentFramework(builder => builder.WithExposureLogging().Trial<IGreeter>(trial => trial.AddControl<Hello>().AddVariant<Bonjour>("b")));
        await using var provider = services.BuildServiceProvider(validateScopes: true);
        await using var one = provider.CreateAsyncScope();
        await using var other = provider.CreateAsyncScope();

        Services(one).Greeter.Greet("u1");

        Assert.False(await Services(other).Logger.LogExposureAsync("u1"));
        Assert.True(await Services(one).Logger.LogExposureAsync("u1"));
    }

    [Fact]
    public async Task An_unknown_subject_is_counted()
    {
        await using var fixture = Explicit();
        await using var scope = fixture.Scope();
        var (greeter, logger) = Services(scope);

        greeter.GreetSomeone();
        Assert.True(await logger.LogExposureAsync());

        Assert.Empty(fixture.Exposures);
        Assert.Equal(1, fixture.Dropped("greeting", "b", DropReasons.NoSubject));
    }

    [Fact]
    public async Task What_is_remembered_is_bounded()
    {
        await using var fixture = Explicit();
        await using var scope = fixture.Scope();
        var (greeter, logger) = Services(scope);

        for (var i = 0; i < 1_025; i++)
        {
            greeter.Greet($"u{i}");
        }

        Assert.False(await logger.LogExposureAsync("u0"));
        Assert.True(await logger.LogExposureAsync("u1"));
    }

    [Fact]
    public async Task A_subject_that_is_served_again_and_again_takes_the_place_of_one()
    {
        await using var fixture = Explicit();
        await using var scope = fixture.Scope();
        var (greeter, logger) = Services(scope);

        greeter.Greet("u1");
        for (var i = 0; i < 1_100; i++)
        {
            greeter.Greet("u2");
        }

        Assert.True(await logger.LogExposureAsync("u1"));
        Assert.True(await logger.LogExposureAsync("u2"));
    }

    [Fact]
    public async Task Logging_twice_is_recorded_twice_and_marked()
    {
        await using var fixture = Explicit();
        await using var scope = fixture.Scope();
        var (greeter, logger) = Services(scope);

        greeter.Greet("u1");
        await logger.LogExposureAsync("u1");
        await logger.LogExposureAsync("u1");

        Assert.Equal([false, true], fixture.Exposures.Select(exposure => exposure.IsRepeatExposure));
    }

    private static (IGreeter Greeter, IExposureLogger<IGreeter> Logger) Services(AsyncServiceScope scope) =>
        (scope.ServiceProvider.GetRequiredService<IGreeter>(), scope.ServiceProvider.GetRequiredService<IExposureLogger<IGreeter>>());

    private DataPlaneFixture Explicit(ISubjectIdentityProvider? provider = null) => DataPlaneFixture.Greeting(
        trial => trial.Using(_selector).WithSemantics(ExposureSemantics.Explicit),
        services: services =>
        {
            if (provider is not null)
            {
                services.AddSingleton(provider);
            }
        });

    /// <summary>A provider of one id, in the tenant that the test sets.</summary>
    private sealed class OfTenant(string id) : ISubjectIdentityProvider
    {
        public string SubjectType => "user";

        public string? TenantId { get; set; }

        public bool TryGetSubjectId(out string subjectId)
        {
            subjectId = id;
            return true;
        }
    }
}
