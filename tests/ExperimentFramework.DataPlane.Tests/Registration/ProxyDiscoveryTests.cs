using ExperimentFramework.DataPlane.CompilerServices;
using ExperimentFramework.DataPlane.Tests.BareContracts;
using ExperimentFramework.DataPlane.Tests.Contracts;
using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane.Tests.Registration;

/// <summary>The proxy is found without reflection, wherever the interface lives.</summary>
public sealed class ProxyDiscoveryTests
{
    [Fact]
    public async Task For_an_interface_of_another_assembly()
    {
        await using var fixture = DataPlaneFixture.With(
            builder => builder.Trial<IFarAway>(trial => trial.AddControl<FarAway>()), services: services => services.AddSingleton<FarAway>());

        Assert.Equal("here", fixture.Get<IFarAway>().Where("u1"));

        Assert.Equal("far-away", Assert.Single(fixture.Exposures).ExperimentName);
    }

    [Fact]
    public async Task For_closed_generics_of_another_assembly()
    {
        await using var fixture = DataPlaneFixture.With(
            builder => builder
                .Trial<IRepository<Order>>(trial => trial.AddControl<Repository<Order>>())
                .Trial<IInternalRepository<int?>>(trial => trial.AddControl<InternalRepository<int?>>())
                .Trial<Nesting<string>.INested<Order>>(trial => trial.AddControl<Nested>()),
            services: services => services.AddSingleton<Repository<Order>>().AddSingleton<InternalRepository<int?>>().AddSingleton<Nested>());

        fixture.Get<IRepository<Order>>().Load("u1");
        fixture.Get<IInternalRepository<int?>>().Find("u1");
        fixture.Get<Nesting<string>.INested<Order>>().Pair("u1");

        Assert.Equal(["IRepository<Order>", "IInternalRepository<Nullable`1>", "INested<String, Order>"], fixture.Exposures.Select(exposure => exposure.ExperimentName));
    }

    [Fact]
    public async Task For_interfaces_whose_own_assembly_has_no_generator()
    {
        await using var fixture = DataPlaneFixture.With(
            builder => builder
                .Trial<IBare>(trial => trial.AddControl<Bare>())
                .Trial<IBareGeneric<string>>("strings", trial => trial.AddControl<BareGeneric<string>>())
                .Trial<IBareGeneric<int>>("numbers", trial => trial.AddControl<BareGeneric<int>>()),
            services: services => services.AddSingleton<Bare>().AddSingleton<BareGeneric<string>>().AddSingleton<BareGeneric<int>>());

        Assert.Equal("bare", fixture.Get<IBare>().Answer("u1"));
        Assert.Equal("x", fixture.Get<IBareGeneric<string>>().Echo("u1", "x"));
        Assert.Equal(7, fixture.Get<IBareGeneric<int>>().Echo("u1", 7));

        Assert.Equal(["bare", "strings", "numbers"], fixture.Exposures.Select(exposure => exposure.ExperimentName));
    }

    [Fact]
    public void One_that_makes_itself_known_again_is_known_once_and_the_first_one_counts()
    {
        var first = new ExposureContract("first");
        ExposureProxyRegistry.Register<IKnownTwice>(first, _ => null!);
        ExposureProxyRegistry.Register<IKnownTwice>(new ExposureContract("second"), _ => null!);

        Assert.Same(first, ExposureProxyRegistry.Find<IKnownTwice>()!.Contract);
        Assert.Single(ExposureProxyRegistry.Services, typeof(IKnownTwice));
    }

    [Fact]
    public void A_type_parameter_has_no_proxy_and_the_error_says_so()
    {
        static void Register<T>()
            where T : class, new() =>
            ExperimentFrameworkBuilder.Create().Trial<IRepository<T>>(trial => trial.AddControl<Repository<T>>());

        var error = Assert.Throws<InvalidOperationException>(Register<Lonely>);

        Assert.Contains("There is no proxy for", error.Message, StringComparison.Ordinal);
        Assert.Contains("type parameter", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_error_names_the_class_that_another_project_would_contain()
    {
        var error = Assert.Throws<InvalidOperationException>(() => RequiredProxy.Of<Deep_Outer<int>.IInner_Part<string>>("Trial"));

        Assert.Contains(
            " call ExperimentFramework.DataPlane.Tests.Registration.ProxyDiscoveryTests_Deep__Outer_1_IInner__PartExposureProxy<...>.Register() ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_interface_without_the_tag_has_no_proxy_and_the_error_says_so()
    {
        var error = Assert.Throws<InvalidOperationException>(() =>
            ExperimentFrameworkBuilder.Create().Trial<IDisposable>(_ => { }));

        Assert.Contains("Tag the interface with [ExposureLogged]", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_error_says_that_a_type_parameter_and_what_other_generators_write_cannot_be_seen()
    {
        string[] messages = [MessageOf<IDisposable>(), MessageOf<IEquatable<string>>()];

        Assert.All(messages, message =>
        {
            Assert.Contains("write the ", message, StringComparison.Ordinal);
            Assert.Contains("a call inside a generic method, where the type is a type parameter, cannot be seen by the generator.", message, StringComparison.Ordinal);
            Assert.EndsWith(
                " look for a DP1xxx error in the output of a build that runs analyzers. If there is none, the interface probably names a type or constant that another source generator writes, which no source generator sees: declare it in source or in a referenced project.",
                message,
                StringComparison.Ordinal);
        });

        static string MessageOf<T>()
            where T : class =>
            Assert.Throws<InvalidOperationException>(() => ExperimentFrameworkBuilder.Create().Trial<T>(_ => { })).Message;
    }

    private interface IKnownTwice;

    private static class Deep_Outer<T>
    {
        internal interface IInner_Part<TPart>;
    }

    private sealed class Lonely;

    private sealed class FarAway : IFarAway
    {
        public string Where(string subject) => "here";
    }

    private sealed class Repository<T> : IRepository<T>
        where T : class, new()
    {
        public T Load(string subject) => new();
    }

    private sealed class InternalRepository<T> : IInternalRepository<T>
    {
        public T? Find(string subject) => default;
    }

    private sealed class Nested : Nesting<string>.INested<Order>
    {
        public (string?, Order?) Pair(string subject) => ("x", new Order());
    }

    private sealed class Bare : IBare
    {
        public string Answer(string subject) => "bare";
    }

    private sealed class BareGeneric<T> : IBareGeneric<T>
    {
        public T? Echo(string subject, T? value) => value;
    }
}
