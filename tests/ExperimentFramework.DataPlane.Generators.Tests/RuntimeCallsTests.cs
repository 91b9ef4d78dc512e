using System.Reflection;
using ExperimentFramework.DataPlane.CompilerServices;
using ExperimentFramework.DataPlane.Generators.Model;
using ExperimentFramework.DataPlane.Generators.Parsing;
using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Generators.Tests;

/// <summary>Every type and method that generated code names is a public one of the runtime.</summary>
public sealed class RuntimeCallsTests
{
    private const string Global = "global::";

    private static readonly Type[] PublicTypes =
        [.. typeof(ExposureLoggingDecorator<>).Assembly.GetExportedTypes(), .. typeof(ExposureSemantics).Assembly.GetExportedTypes()];

    public static TheoryData<string> Names =>
        [.. typeof(RuntimeCalls).GetFields(BindingFlags.Public | BindingFlags.Static).Select(constant => (string)constant.GetRawConstantValue()!)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Each_name_that_generated_code_uses_is_public_in_the_runtime(string name) => Assert.True(
        name.StartsWith(Global, StringComparison.Ordinal) ? IsTypeOrStaticMethod(name) : IsMember(name), $"The runtime has no public '{name}'.");

    [Theory]
    [InlineData("void")]
    [InlineData("int")]
    [InlineData("System.Threading.Tasks.Task")]
    [InlineData("System.Threading.Tasks.Task<int>")]
    [InlineData("System.Threading.Tasks.ValueTask")]
    [InlineData("System.Threading.Tasks.ValueTask<int>")]
    [InlineData("System.Collections.Generic.IAsyncEnumerable<int>")]
    public void The_methods_for_each_kind_of_result_are_public_in_the_runtime(string result)
    {
        var method = (IMethodSymbol)ProxyCompiler.Compilation($"public interface I {{ {result} Run(); }}").GetTypeByMetadataName("I")!.GetMembers("Run").Single();

        Assert.NotEmpty(typeof(ObservedCall<>).GetMember(CallKind.CalledBy(method)));
        Assert.True(CallKind.AwaitsBoth(method) is not { } barrier || IsTypeOrStaticMethod(RuntimeCalls.Barrier(barrier)), $"No barrier for {result} is public.");
    }

    [Fact]
    public void A_name_that_the_runtime_does_not_have_is_noticed()
    {
        Assert.False(IsMember("Absent"));
        Assert.False(IsTypeOrStaticMethod(RuntimeCalls.Barrier("Absent")));
        Assert.False(IsTypeOrStaticMethod(RuntimeCalls.Contract + "Absent"));
    }

    private static bool IsTypeOrStaticMethod(string name)
    {
        var fullName = name[Global.Length..];
        var dot = fullName.LastIndexOf('.');
        return PublicTypes.Any(type =>
            NameOf(type) == fullName
            || (NameOf(type) == fullName[..dot] && type.GetMember(fullName[(dot + 1)..], BindingFlags.Public | BindingFlags.Static).Length > 0));
    }

    private static bool IsMember(string name) => PublicTypes.Any(type =>
        type.Namespace == typeof(ExposureLoggingDecorator<>).Namespace && type.GetMember(name, BindingFlags.Public | BindingFlags.Instance).Length > 0);

    private static string NameOf(Type type) => type.FullName!.Split('`')[0];
}
