namespace ExperimentFramework.DataPlane.Analyzers.Tests;

/// <summary>A closed generic whose registration generated code cannot name is refused at the call: it would be missing at start-up.</summary>
public sealed class ClosedGenericTests
{
    private const string Types = """
        using System.Collections.Generic;
        using ExperimentFramework.DataPlane;
        using Microsoft.Extensions.DependencyInjection;
        [ExposureLogged("generic")] public interface IGen<T> { T Get([ExposureSubject] string user); }
        public class Outer<T> { [ExposureLogged("inner")] public interface IIn { T Get([ExposureSubject] string user); } }
        [System.Obsolete("gone", true)] public class Old { }
        file class FileLocal { public class In { } }

        """;

    public static TheoryData<string, string> Refused => new()
    {
        { "IGen<PrivateNested>", "cannot name 'R.PrivateNested', which is not accessible outside its containing type: make it internal" },
        { "IGen<List<PrivateNested>>", "'R.PrivateNested'" },
        { "IGen<PrivateNested[][]>", "'R.PrivateNested'" },
        { "IGen<(int, PrivateNested)>", "'R.PrivateNested'" },
        { "IGen<Dictionary<int, (string, List<PrivateNested[]>)>>", "'R.PrivateNested'" },
        { "IGen<PrivateNested.Public>", "'R.PrivateNested.Public'" },
        { "IGen<PrivateGeneric<int>>", "'R.PrivateGeneric<int>'" },
        { "IGen<PrivateValue?>", "'R.PrivateValue'" },
        { "IGen<Protected>", "cannot name 'R.Protected', which is not accessible outside its containing type: make it internal" },
        { "IGen<PrivateProtected>", "cannot name 'R.PrivateProtected', which is not accessible outside its containing type: make it internal" },
        { "Outer<PrivateNested>.IIn", "'R.PrivateNested'" },
        { "IGen<FileLocal>", "cannot name 'FileLocal', which is local to its file: declare it without 'file'" },
        { "IGen<List<FileLocal>>", "'FileLocal'" },
        { "IGen<FileLocal.In>", "which is local to its file" },
        { "IGen<int*[]>", "one of its type arguments is a pointer" },
        { "IGen<delegate*<int>[]>", "one of its type arguments is a pointer" },
        { "IGen<Old>", "cannot name 'Old', which is obsolete as an error" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task It_is_an_error_at_the_call(string service, string message)
    {
        var analyzed = await AnalyzerVerifier.OfAsync(Types + In($"void M(ExperimentFrameworkBuilder b) => b.Trial<[|{service}|]>(default!);"), new AnalyzedProject { AllowUnsafe = true });

        analyzed.Expect("DP1002");
        Assert.Contains(message, analyzed.Diagnostics[0].GetMessage(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal);
        Assert.DoesNotContain("ExposureRegistrations", analyzed.ProxyNames);
    }

    [Theory]
    [InlineData("void M(IServiceCollection s, System.Action<ExposureLoggingBuilder<IGen<PrivateNested>>> c) => s.AddExposureLogging<[|IGen<PrivateNested>|]>(c);")]
    [InlineData("void M(IServiceCollection s, System.Action<ExposureLoggingBuilder<IGen<PrivateNested>>> c) => s.[|AddExposureLogging|](c);")]
    [InlineData("void M(ExperimentFrameworkBuilder b, System.Action<TrialBuilder<IGen<PrivateNested>>> t) => b.[|Trial|](t);")]
    [InlineData("void M(ExperimentFrameworkBuilder b, System.Action<TrialBuilder<IGen<PrivateNested>>> t) => b?.[|Trial|](t);")]
    [InlineData("void M(ExperimentFrameworkBuilder b) => b.[|Trial|]((TrialBuilder<IGen<PrivateNested>> t) => t.AddControl<Gen<PrivateNested>>().AddVariant<Gen<PrivateNested>>(\"b\"));")]
    [InlineData("System.Func<System.Action<TrialBuilder<IGen<PrivateNested>>>, ExperimentFrameworkBuilder> M(ExperimentFrameworkBuilder b) => b.Trial<[|IGen<PrivateNested>|]>;")]
    [InlineData("void M(ExperimentFrameworkBuilder b) => b.[|Trial|](Of(new { Name = 1 })); static System.Action<TrialBuilder<IGen<T>>> Of<T>(T value) => t => t.AddControl<Gen<T>>();")]
    public async Task However_the_call_is_written(string member) => (await AnalyzerVerifier.OfAsync(Types + In(member), new AnalyzedProject { AllowUnsafe = true })).Expect("DP1002");

    [Theory]
    [InlineData("b.Trial<IGen<int>>(t => t.AddControl<Gen<int>>())")]
    [InlineData("b.Trial((TrialBuilder<IGen<int>> t) => t.AddControl<Gen<int>>())")]
    [InlineData("b.Trial(\"name\", (TrialBuilder<IGen<(int a, string b)>> t) => t.AddControl<Gen<(int, string)>>())")]
    [InlineData("b?.Trial((TrialBuilder<IGen<dynamic>> t) => t.AddControl<Gen<dynamic>>())")]
    [InlineData("b.Trial((TrialBuilder<IGen<R>> t) => t.AddControl<Gen<R>>())")]
    [InlineData("b.Trial<IGen<Internal>>(t => t.AddControl<Gen<Internal>>())")]
    public async Task What_can_be_named_is_registered_whether_the_type_is_written_or_inferred(string call)
    {
        var analyzed = await AnalyzerVerifier.OfAsync(Types + In($"object M(ExperimentFrameworkBuilder b) => {call};"), new AnalyzedProject { AllowUnsafe = true });

        Assert.DoesNotContain("DP1002", analyzed.Ids);
        Assert.Contains("ExposureRegistrations", analyzed.ProxyNames);
    }

    private static string In(string member) => $$"""
        public unsafe class R
        {
            protected class Protected { }
            private protected class PrivateProtected { }
            private class PrivateNested { public class Public { } }
            private class PrivateGeneric<T> { }
            private struct PrivateValue { }
            internal class Internal { }
            private class Gen<T> : IGen<T> { public T Get(string user) => default!; }
            [System.Obsolete] private {{member}}
        }
        """;
}
