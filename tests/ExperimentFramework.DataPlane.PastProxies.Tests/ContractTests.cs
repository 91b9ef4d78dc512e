using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using ExperimentFramework.DataPlane.CompilerServices;

namespace ExperimentFramework.DataPlane.PastProxies.Tests;

/// <summary>What the binary calls, read from its metadata and held against the run time.</summary>
public sealed class ContractTests
{
    private static readonly Assembly Runtime = typeof(ExposureProxyRegistry).Assembly;

    [Fact]
    public void Every_call_in_the_binary_still_exists_in_the_run_time() => Assert.NotEmpty(Called());

    [Fact]
    public void Every_call_that_the_run_time_offers_to_proxies_is_made_here()
    {
        var called = Called();
        var offered = Runtime.GetExportedTypes()
            .Where(type => type.Namespace == typeof(ExposureProxyRegistry).Namespace)
            .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly))

            // The run time reads what a proxy says of its interface.
            .Where(method => !(method.DeclaringType == typeof(ExposureContract) && method.Name.StartsWith("get_", StringComparison.Ordinal)));

        var missing = offered.Where(method => !called.Contains(method.MetadataToken)).Select(method => $"{method.DeclaringType!.Name}: {method}").ToList();

        Assert.True(missing.Count == 0, "Add members to tests/assets/ExperimentFramework.DataPlane.PastProxies whose proxies call these:\n" + string.Join('\n', missing));
    }

    /// <summary>The methods of the run time that the binary refers to; resolving throws for one that is gone.</summary>
    private static HashSet<int> Called()
    {
        var module = typeof(IMembers).Module;
        using var file = new PEReader(File.OpenRead(module.FullyQualifiedName));

        // Type arguments say nothing of which method is meant: the interface's own or any other will do.
        Type[] arguments = [.. Enumerable.Repeat(typeof(IMembers), 4)];
        return
        [
            .. file.GetMetadataReader().MemberReferences
                .Select(handle => module.ResolveMember(MetadataTokens.GetToken(handle), arguments, arguments)!)
                .Where(member => member.Module.Assembly == Runtime)
                .Select(member => member.MetadataToken),
        ];
    }
}
