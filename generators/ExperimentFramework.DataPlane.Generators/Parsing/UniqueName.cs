namespace ExperimentFramework.DataPlane.Generators.Parsing;

/// <summary>Creates unique names.</summary>
internal static class UniqueName
{
    /// <summary>Returns the wanted name, with the first number that makes it unique if it is taken, and marks it as taken.</summary>
    public static string Create(string wanted, ICollection<string> taken)
    {
        var name = wanted;
        for (var number = 1; taken.Contains(name); number++)
        {
            name = wanted + number;
        }

        taken.Add(name);
        return name;
    }
}
