namespace ExperimentFramework.DataPlane.Analyzers.Tests;

/// <summary>DP4010: the class of a variant is asked for where its interface is an experiment.</summary>
public sealed class InjectedVariantTests
{
    private const string Types = """
        using System;
        using ExperimentFramework.DataPlane;
        using Microsoft.AspNetCore.Builder;
        using Microsoft.Extensions.DependencyInjection;
        using Microsoft.Extensions.DependencyInjection.Extensions;

        [ExposureLogged] public interface IPricing { decimal Price([ExposureSubject] string user); }
        public class ListPricing : IPricing { public decimal Price(string user) => 10m; }
        public sealed class SalePricing : IPricing { public decimal Price(string user) => 9m; }
        public sealed class OtherPricing : IPricing { public decimal Price(string user) => 8m; }
        [ExposureLogged("banner")] public interface IBanner { string Text([ExposureSubject] string user); }
        public sealed class Banner : IBanner { public string Text(string user) => ""; }
        public sealed class Selector : IVariantSelector { public VariantSelection Select(in SelectionContext context) => new("x", "y"); }
        [ExposureLogged("rates")] public interface IRates { decimal Rate([ExposureSubject] string user); }
        public sealed class Rates : IRates { public decimal Rate(string user) => 1m; }
        public interface IAmount { }
        public class Setup
        {
            void Register(IServiceCollection services) => services
                .AddSingleton<IBanner, Banner>()
                .AddExposureLogging<IBanner>(e => e.Using(new Selector()))
                .AddHttpClient<IRates, Rates>()
                .AddExposureLogging<IRates>(e => e.Using(new Selector()))
                .AddExperimentFramework(e => e.Trial<IPricing>(t => t.AddControl<ListPricing>().AddVariant<SalePricing>("sale")));
        }
        namespace Microsoft.AspNetCore.Builder
        {
            public static class EndpointRouteBuilderExtensions
            {
                public static void MapGet(this IServiceProvider app, string pattern, Delegate handler) { }
                public static void MapNothing(this IServiceProvider app, Delegate handler) { }
            }
        }
        namespace Microsoft.Extensions.DependencyInjection
        {
            public static class HttpClientFactoryServiceCollectionExtensions
            {
                public static IServiceCollection AddHttpClient<TClient, TImplementation>(this IServiceCollection services) => services;
            }
        }
        namespace Microsoft.AspNetCore.Mvc { public sealed class FromServicesAttribute : Attribute; }
        namespace Microsoft.AspNetCore.Components { public sealed class InjectAttribute : Attribute; }
        namespace Microsoft.AspNetCore.Http { public abstract class HttpContext; }

        """;

    [Theory]
    [InlineData("public class Cart([|ListPricing|] pricing) { public object P => pricing; }")]
    [InlineData("public class Cart { public Cart(int a, [|SalePricing?|] pricing) { } }")]
    [InlineData("public class Cart { public Cart([FromKeyedServices(\"a\")] [|SalePricing|] pricing) { } }")]
    [InlineData("public sealed record Cart([|SalePricing|] Pricing);")]
    [InlineData("public class Cart { private Cart([|ListPricing|] pricing) { } }")]
    [InlineData("public class Cart([|Banner|] banner) { public object P => banner; }")]
    [InlineData("public class Cart([|Rates|] rates) { public object P => rates; }")]
    [InlineData("public class Cart { object M(IServiceProvider p) => p.GetRequiredService<[|ListPricing|]>(); }")]
    [InlineData("public class Cart { object M(IServiceProvider p) => p.GetServices<[|ListPricing|]>(); }")]
    [InlineData("public class Cart { object? M(IServiceProvider p) => p.GetKeyedService<[|ListPricing|]>(\"a\"); }")]
    [InlineData("public class Cart { object? M(IServiceProvider p) => p.GetService<[|SalePricing|]>(); }")]
    [InlineData("public class Cart { object? M(IServiceProvider p) => p.GetRequiredKeyedService<[|SalePricing|]>(\"a\"); }")]
    [InlineData("public class Cart { object? M(IServiceProvider p) => [|p.GetService(typeof(SalePricing))|]; }")]
    [InlineData("public class Cart { object? M(IServiceProvider p) => [|p.GetRequiredService(typeof(SalePricing))|]; }")]
    [InlineData("public class Cart { IPricing M(IServiceProvider p) => p.GetRequiredService<[|ListPricing|]>(); }")]
    [InlineData("public class Cart { public Cart(IPricing p) { } void M(IServiceCollection s) => s.AddScoped(p => new Cart(p.GetRequiredService<[|ListPricing|]>())); }")]
    [InlineData("public class Site { void M(IServiceProvider app) => app.MapGet(\"/\", ([|ListPricing|] pricing, string user) => pricing.Price(user)); }")]
    [InlineData("public class Site { void M(IServiceProvider app) => app.MapGet(\"/\", Handle); decimal Handle([|ListPricing|] pricing) => pricing.Price(\"u\"); }")]
    [InlineData("public class Site { public decimal Get([Microsoft.AspNetCore.Mvc.FromServices] [|ListPricing|] pricing) => pricing.Price(\"u\"); }")]
    [InlineData("public class Site { public decimal Get([FromKeyedServices(\"a\")] [|ListPricing|] pricing) => pricing.Price(\"u\"); }")]
    [InlineData("public class Site { [Microsoft.AspNetCore.Components.Inject] public ListPricing [|Pricing|] { get; set; } = null!; }")]
    [InlineData("public class Site { public void Invoke(Microsoft.AspNetCore.Http.HttpContext context, [|ListPricing|] pricing) { } }")]
    public async Task A_class_that_is_asked_for_is_reported(string source) => (await AnalyzerVerifier.OfProgramAsync(Types + source)).Expect("DP4010");

    [Theory]
    [InlineData("Map")]
    [InlineData("MapPost")]
    [InlineData("MapPut")]
    [InlineData("MapDelete")]
    [InlineData("MapPatch")]
    [InlineData("MapMethods")]
    [InlineData("MapFallback")]
    public async Task The_handler_of_any_endpoint_asks_for_its_parameters(string method) => (await AnalyzerVerifier.OfProgramAsync(
        Types.Replace("MapGet(", method + "(", StringComparison.Ordinal)
        + "public class Site { void M(IServiceProvider app) => app." + method + "(\"/\", ([|ListPricing|] pricing, string user) => pricing.Price(user)); }")).Expect("DP4010");

    [Theory]
    [InlineData("public class Cart(IPricing pricing) { public object P => pricing; }")]
    [InlineData("public class Cart(OtherPricing pricing) { public object P => pricing; }")]
    [InlineData("public class Cached(ListPricing pricing) : IPricing { public decimal Price(string user) => pricing.Price(user); }")]
    [InlineData("public class Cart(ListPricing pricing) { public object P => pricing; } public class By { object Hand() => new Cart(new ListPricing()); }")]
    [InlineData("public class Cart(ListPricing pricing) { public object P => pricing; } public class By { Cart Hand() => new(new ListPricing()); }")]
    [InlineData("public abstract class Cart(ListPricing pricing) { public object P => pricing; }")]
    [InlineData("public class Cart { public decimal Compare(ListPricing one, SalePricing other) => one.Price(\"u\") - other.Price(\"u\"); public ListPricing? Last { get; set; } }")]
    [InlineData("public class Reg { void M(IServiceCollection s) => s.AddSingleton<IPricing>(p => p.GetRequiredService<ListPricing>()); }")]
    [InlineData("public class Reg { void M(IServiceCollection s) => s.AddSingleton(p => new Cached(p.GetRequiredService<ListPricing>())); } public class Cached(ListPricing pricing) : IPricing { public decimal Price(string user) => pricing.Price(user); }")]
    [InlineData("public class Reg { void M(IServiceCollection s) { s.AddSingleton<ListPricing>(); s.TryAddScoped<SalePricing>(); } }")]
    [InlineData("public class Cached(IServiceProvider p) : IPricing { public decimal Price(string user) => p.GetRequiredService<ListPricing>().Price(user); }")]
    [InlineData("public class Own { T GetRequiredService<T>() => default!; object M() => GetRequiredService<ListPricing>(); }")]
    [InlineData("public class Site { void M(IServiceProvider app) => app.MapNothing((ListPricing pricing) => pricing.Price(\"u\")); }")]
    [InlineData("public class Site { void M(IServiceProvider app) => app.MapGet(\"/\", (IPricing pricing, OtherPricing other) => pricing.Price(\"u\")); }")]
    [InlineData("public class Site { public void Invoke(string context, ListPricing pricing) { } public void Handle(Microsoft.AspNetCore.Http.HttpContext context, ListPricing pricing) { } }")]
    public async Task What_builds_on_a_variant_or_is_given_one_by_hand_is_left_alone(string source) => (await AnalyzerVerifier.OfProgramAsync(Types + source)).Expect();

    [Fact]
    public async Task A_class_of_no_experiment_is_left_alone() => (await AnalyzerVerifier.OfProgramAsync(
        "public interface IPricing { } public class ListPricing : IPricing { } public class Cart(ListPricing pricing) { public object P => pricing; }")).Expect();

    [Fact]
    public async Task The_message_names_class_and_interface() => Assert.Equal(
        "'ListPricing' is a variant of the experiment on 'IPricing': calls to it bypass the experiment and record nothing; inject 'IPricing'",
        (await AnalyzerVerifier.OfProgramAsync(Types + "public class Cart(ListPricing pricing) { public object P => pricing; }")).Message);
}
