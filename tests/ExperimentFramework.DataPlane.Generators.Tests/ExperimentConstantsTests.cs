using ExperimentFramework.DataPlane.Generators.Emitting;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace ExperimentFramework.DataPlane.Generators.Tests;

/// <summary>The constants of the experiments that a project registers have the names that run time and events use.</summary>
public sealed class ExperimentConstantsTests
{
    private const string Shop = """
        using System.Linq;
        using ExperimentFramework.DataPlane;
        using Microsoft.Extensions.DependencyInjection;

        namespace Shop
        {
            [ExposureLogged("checkout-pricing")] public interface IPricing { void Run([ExposureSubject] string user); }

            public class List : IPricing { public void Run(string user) { } }

            public class Sale : IPricing { public void Run(string user) { } }

            [ExposureLogged] public interface ISearch { void Run([ExposureSubject] string user); }

            [ExposureLogged] public interface IClosed<T> { T Get([ExposureSubject] string user); }

            public static class Keys { public const string Sale = "end-of-season"; }


        """;

    public static TheoryData<string, string> Registrations => new()
    {
        { "ExperimentFrameworkBuilder.Create().Trial<IPricing>(t => t.AddVariant<Sale>(\"sale\").AddControl<List>())", "CheckoutPricing=checkout-pricing: Control=control, Sale=sale" },
        { "ExperimentFrameworkBuilder.Create().Trial<IPricing>(\"second try\", t => { t.AddControl<List>(2); t.AddVariant<Sale>(weight: 3, key: \"b\"); })", "SecondTry=second try: Control=control, B=b" },
        { "ExperimentFrameworkBuilder.Create().Trial<IPricing>(configure: t => t.AddControl<List>(), name: \"named\")", "Named=named: Control=control" },
        { "ExperimentFrameworkBuilder.Create().Trial<ISearch>(t => { })", "ISearch=ISearch: " },
        { "ExperimentFrameworkBuilder.Create().Trial<IPricing>(t => t.AddControl<List>().AddVariant<Sale>(Keys.Sale))", "CheckoutPricing=checkout-pricing: Control=control, EndOfSeason=end-of-season" },
        { "ExperimentFrameworkBuilder.Create().Trial<IPricing>(Keys.Sale, t => t.AddControl<List>())", "EndOfSeason=end-of-season: Control=control" },
        { "ExperimentFrameworkBuilder.Create().Trial<IPricing>(System.Environment.MachineName, t => t.AddControl<List>())", "" },
        { "ExperimentFrameworkBuilder.Create().Trial<IPricing>(t => t.AddControl<List>().AddVariant<Sale>(System.Environment.MachineName))", "CheckoutPricing=checkout-pricing: Control=control" },
        { "ExperimentFrameworkBuilder.Create().Trial<IPricing>(Configure)", "CheckoutPricing=checkout-pricing: " },
        { "ExperimentFrameworkBuilder.Create().Trial((TrialBuilder<IPricing> t) => t.AddControl<List>())", "CheckoutPricing=checkout-pricing: Control=control" },
        { "ExperimentFrameworkBuilder.Create().Trial<IClosed<int>>(t => { })", "" },
        { "ExperimentFrameworkBuilder.Create().Trial<IClosed<int>>(\"closed\", t => { })", "Closed=closed: " },
        { "ExperimentFrameworkBuilder.Create().Trial<IPricing>(t => t.AddControl<List>()).Trial<ISearch>(t => { })", "CheckoutPricing=checkout-pricing: Control=control; ISearch=ISearch: " },
        { "new ServiceCollection().AddExposureLogging<IPricing>(o => o.Named(\"renamed\"))", "Renamed=renamed: " },
        { "new ServiceCollection().AddExposureLogging<IPricing>(o => { })", "CheckoutPricing=checkout-pricing: " },
        { "new ServiceCollection().AddExposureLogging<IPricing>(o => { }, serviceKey: \"key\")", "CheckoutPricing=checkout-pricing: " },
        { "new ServiceCollection().AddExposureLogging<IPricing>(Rename)", "" },
        { "Method<IPricing>()", "" },
        { "ExperimentFrameworkBuilder.Create().Experiment(\"banner\", e => { e.AddControl(); e.AddVariant(\"on\"); })", "Banner=banner: Control=control, On=on" },
        { "ExperimentFrameworkBuilder.Create().Experiment(\"banner\", e => { e.AddControl(weight: 2); e.AddVariant(\"on\"); })", "Banner=banner: Control=control, On=on" },
        { "ExperimentFrameworkBuilder.Create().Experiment(\"banner\", e => { e.AddControl(\"off\"); e.AddVariant(\"on\"); })", "Banner=banner: Off=off, On=on" },
        { "ExperimentFrameworkBuilder.Create().Experiment(\"banner\", e => { e.AddControl(System.Environment.MachineName); e.AddVariant(\"on\"); })", "Banner=banner: On=on" },
    };

    [Theory]
    [InlineData("static object Run(ExperimentFrameworkBuilder b, string Key) => b.Experiment(Key, e => e.AddControl().AddVariant(\"on\"));", "")]
    [InlineData("static object Run(ExperimentFrameworkBuilder b) { const string Key = \"real\"; return b.Experiment(Key, e => e.AddControl()); }", "")]
    [InlineData("static void Run(ExperimentFrameworkBuilder b) { foreach (var Key in new[] { \"real\" }) { b.Experiment(Key, e => e.AddControl()); } }", "")]
    [InlineData("static void Run(ExperimentFrameworkBuilder b, object o) { if (o is string Key) { b.Experiment(Key, e => e.AddControl()); } }", "")]
    [InlineData("static void Run(ExperimentFrameworkBuilder b) => System.Array.ForEach(new[] { \"real\" }, Key => b.Experiment(Key, e => e.AddControl()));", "")]
    [InlineData("static object Run(ExperimentFrameworkBuilder b, string Key) => b.Experiment(\"banner\", e => e.AddControl().AddVariant(Key));", "Banner=banner: Control=control")]
    [InlineData("static object Run(ExperimentFrameworkBuilder b, (string Sale, int Other) Keys) => b.Experiment(Keys.Sale, e => e.AddControl());", "")]
    [InlineData("class In(string Key) { object Run(ExperimentFrameworkBuilder b) => b.Experiment(Key, e => e.AddControl()); }", "")]
    [InlineData("class In((string Sale, int Other) Keys) { object Run(ExperimentFrameworkBuilder b) => b.Experiment(Keys.Sale, e => e.AddControl()); }", "")]
    [InlineData("class In(string Key) { const string Key = \"own\"; object o = ExperimentFrameworkBuilder.Create().Experiment(Key, e => e.AddControl()); }", "")]
    [InlineData("static object Run(ExperimentFrameworkBuilder b) => from Key in new[] { \"real\" } select b.Experiment(Key, e => e.AddControl());", "")]
    [InlineData("static object Run(ExperimentFrameworkBuilder b) => from one in new[] { \"real\" } let Key = one select b.Experiment(Key, e => e.AddControl());", "")]
    [InlineData("static object Run(ExperimentFrameworkBuilder b) => from one in new[] { \"real\" } join Key in new[] { \"real\" } on one equals Key select b.Experiment(Key, e => e.AddControl());", "")]
    [InlineData("static object Run(ExperimentFrameworkBuilder b) => from one in new[] { \"real\" } select one into Key select b.Experiment(Key, e => e.AddControl());", "")]
    [InlineData("static object Run(ExperimentFrameworkBuilder b, string other) => b.Experiment(Key, e => e.AddControl());", "Field=field: Control=control")]
    public void A_parameter_or_variable_that_hides_a_constant_is_not_taken_for_it(string member, string expected) =>
        Assert.Equal(expected, Described(Shop + $$"""
            class Setup
            {
                const string Key = "field";

                {{member}}
            } }
            """));

    [Theory]
    [MemberData(nameof(Registrations))]
    public void A_registration_has_constants(string registration, string expected) =>
        Assert.Equal(expected, Described(Shop + $$"""
            class Setup
            {
                object Run() => {{registration}};

                static void Configure(TrialBuilder<IPricing> trial) { }

                static void Rename(ExposureLoggingBuilder<IPricing> logging) => logging.Named("other");

                static object Method<ISearch>() where ISearch : class => ExperimentFrameworkBuilder.Create().Trial<ISearch>(t => { });

                static object Outer()
                {
                    return Local<IPricing>();

                    static object Local<ISearch>() where ISearch : class => ExperimentFrameworkBuilder.Create().Trial<ISearch>(t => { });
                }
            } }
            """));

    [Fact]
    public void Top_level_statements_have_constants_too() =>
        Assert.Equal(
            "CheckoutPricing=checkout-pricing: Control=control, EndOfSeason=end-of-season",
            Described(
                Shop.Replace("namespace Shop", "ExperimentFrameworkBuilder.Create().Trial<Shop.IPricing>(t => t.AddControl<Shop.List>().AddVariant<Shop.Sale>(Shop.Keys.Sale));\nnamespace Shop", StringComparison.Ordinal) + "}",
                OutputKind.ConsoleApplication));

    [Fact]
    public void Several_registrations_of_an_experiment_have_the_variants_of_all() =>
        Assert.Equal(
            "CheckoutPricing=checkout-pricing: Control=control, A=a, B=b",
            Described(Shop + """
                class First { object Run() => ExperimentFrameworkBuilder.Create().Trial<IPricing>(t => t.AddControl<List>().AddVariant<Sale>("a")); }
                class Second { object Run() => ExperimentFrameworkBuilder.Create().Trial<IPricing>(t => t.AddControl<List>().AddVariant<Sale>("A").AddVariant<Sale>("b")); } }
                """));

    [Theory]
    [InlineData("a-b|aC|AD", "A", "AB|AC|AD")]
    [InlineData("Name|Variants|Experiments", "variants|Equals|get type", "Name1|Variants1|Experiments1")]
    [InlineData("a\u200db|ab", "c\u200dd|cd", "AB|Ab")]
    [InlineData("1st|class|!!!|größe|名前", "2|new|--|été|変", "_1st|Class|_|Größe|名前")]
    [InlineData("a < b & c > \"d\"|*/ -->|back\\slash", "<x>|&amp;|\"quoted\"", "ABCD|_|BackSlash")]
    public void Whatever_experiments_are_named_their_constants_compile_and_keep_the_name(string names, string keys, string identifiers)
    {
        var registrations = names.Split('|').Select(name =>
            $".Trial<IPricing>({SymbolDisplay.FormatLiteral(name, true)}, t => t.AddControl<List>(){string.Concat(keys.Split('|').Select(key => $".AddVariant<Sale>({SymbolDisplay.FormatLiteral(key, true)})"))})");
        var constants = Constants(Shop + $"class Setup {{ object Run() => ExperimentFrameworkBuilder.Create(){string.Concat(registrations)}; }} }}");

        Assert.Equal(names.Split('|').Order(StringComparer.Ordinal), constants.Select(experiment => experiment.Name).Order(StringComparer.Ordinal));
        Assert.Equal(identifiers.Split('|').Order(StringComparer.Ordinal), constants.Select(experiment => experiment.Identifier).Order(StringComparer.Ordinal));
        Assert.All(constants, experiment => Assert.Equal(["control", .. keys.Split('|')], experiment.Variants.Select(variant => variant.Key)));
    }

    [Theory]
    [InlineData("\\ufffe")]
    [InlineData("\\uffff")]
    [InlineData("\\ud800")]
    [InlineData("\\udc00")]
    [InlineData("\\u2028")]
    [InlineData("\\u2029")]
    [InlineData("\\u0085")]
    [InlineData("\\ud83d\\ude00")]
    public void A_character_that_a_comment_cannot_have_costs_no_constant(string escaped)
    {
        var constants = Constants(Shop + $"class Setup {{ object Run() => ExperimentFrameworkBuilder.Create().Experiment(\"a{escaped}b\", e => e.AddControl().AddVariant(\"c{escaped}d\")); }} }}");

        var experiment = Assert.Single(constants);
        Assert.Equal($"a{System.Text.RegularExpressions.Regex.Unescape(escaped)}b", experiment.Name);
        Assert.Equal(["control", $"c{System.Text.RegularExpressions.Regex.Unescape(escaped)}d"], experiment.Variants.Select(variant => variant.Key));
    }

    [Fact]
    public void Names_that_become_one_identifier_have_no_constants_so_none_can_take_the_place_of_another() =>
        Assert.Equal(
            "C=c: Control=control, X=x",
            Described(Shop + """
                class Setup
                {
                    object Run() => ExperimentFrameworkBuilder.Create()
                        .Trial<IPricing>("a-b", t => t.AddControl<List>())
                        .Trial<IPricing>("aB", t => t.AddControl<List>())
                        .Trial<IPricing>("Name", t => t.AddControl<List>())
                        .Trial<IPricing>("Name1", t => t.AddControl<List>())
                        .Trial<IPricing>("c", t => t.AddControl<List>().AddVariant<Sale>("y-z").AddVariant<Sale>("y z").AddVariant<Sale>("x"));
                } }
                """));

    [Fact]
    public void A_project_without_registrations_has_no_constants() => Assert.Equal("", Described(Shop + "}"));

    private static string Described(string source, OutputKind kind = OutputKind.DynamicallyLinkedLibrary) => string.Join("; ", Constants(source, kind)
        .OrderBy(experiment => experiment.Identifier, StringComparer.Ordinal)
        .Select(experiment => $"{experiment.Identifier}={experiment.Name}: {string.Join(", ", experiment.Variants.Select(variant => $"{variant.Identifier}={variant.Key}"))}"));

    private static List<(string Identifier, string Name, List<(string Identifier, string Key)> Variants)> Constants(string source, OutputKind kind = OutputKind.DynamicallyLinkedLibrary)
    {
        var compilation = ProxyCompiler.CompileCleanly(source, kind);
        var root = compilation.GetTypeByMetadataName("ExperimentFramework.DataPlane." + ExperimentConstantsEmitter.Root);
        Assert.True(root is null or { DeclaredAccessibility: Accessibility.Internal });
        return (root?.GetTypeMembers() ?? []).Select(experiment => (
            experiment.Name,
            (string)experiment.GetMembers("Name").OfType<IFieldSymbol>().Single().ConstantValue!,
            (experiment.GetTypeMembers("Variants").SingleOrDefault()?.GetMembers() ?? []).OfType<IFieldSymbol>().Select(variant => (variant.Name, (string)variant.ConstantValue!)).ToList())).ToList();
    }
}
