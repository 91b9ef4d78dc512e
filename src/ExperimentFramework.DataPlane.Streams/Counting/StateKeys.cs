using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace ExperimentFramework.DataPlane.Streams;

/// <summary>
/// The keys of the store of a partition: its id, the names of the segments of a run, the pseudonym keys of an experiment, the declarations of its weights, and the subjects. Names of experiments hold no control characters, so NUL ends them.
/// </summary>
internal static class StateKeys
{
    private const byte SegmentsKind = 1;
    private const byte SubjectKind = 2;
    private const byte KeysKind = 3;
    private const byte DeclarationKind = 4;

    /// <summary>The key of the store's id.</summary>
    public static readonly byte[] StoreId = [0];

    /// <summary>The key of the names of the segments of a run.</summary>
    public static byte[] Segments(RunKey run) => Create(SegmentsKind, run, 0);

    /// <summary>The key of the ids of the pseudonym keys of an experiment.</summary>
    public static byte[] Keys(string experiment) => Create(KeysKind, new RunKey(experiment, null), 0);

    /// <summary>The key of the declaration of a version of the weights.</summary>
    public static byte[] Declaration(string experiment, string version) => Create(DeclarationKind, new RunKey(experiment, version), 0);

    /// <summary>Finds the experiment of a declaration by its key.</summary>
    /// <returns>False if the key is none of a declaration.</returns>
    public static bool TryGetDeclared(ReadOnlySpan<byte> key, [NotNullWhen(true)] out string? experiment)
    {
        var end = key.IndexOf((byte)0);
        experiment = key[0] == DeclarationKind && end > 0 ? Encoding.UTF8.GetString(key[1..end]) : null;
        return experiment is not null;
    }

    /// <summary>The key of a subject.</summary>
    /// <param name="run">The run.</param>
    /// <param name="hash">The hash of the subject's id.</param>
    public static byte[] Subject(RunKey run, ulong hash)
    {
        var key = Create(SubjectKind, run, sizeof(ulong));
        BinaryPrimitives.WriteUInt64BigEndian(key.AsSpan(key.Length - sizeof(ulong)), hash);
        return key;
    }

    /// <summary>Finds the run of a subject by its key.</summary>
    /// <returns>False if the key is none of a subject.</returns>
    public static bool TryGetRun(ReadOnlySpan<byte> key, out RunKey run)
    {
        run = default;
        if (key.Length < sizeof(ulong) + 3 || key[0] != SubjectKind || key[1..].IndexOf((byte)0) < 0)
        {
            return false;
        }

        var names = key[1..^sizeof(ulong)];
        var end = names.IndexOf((byte)0);
        var keyId = names[(end + 1)..^1];
        run = new RunKey(Encoding.UTF8.GetString(names[..end]), keyId.IsEmpty ? null : Encoding.UTF8.GetString(keyId));
        return true;
    }

    private static byte[] Create(byte kind, RunKey run, int more)
    {
        var experiment = Encoding.UTF8.GetByteCount(run.Experiment);
        var keyId = Encoding.UTF8.GetByteCount(run.KeyId ?? string.Empty);
        var key = new byte[1 + experiment + 1 + keyId + 1 + more];
        key[0] = kind;
        Encoding.UTF8.GetBytes(run.Experiment, key.AsSpan(1));
        Encoding.UTF8.GetBytes(run.KeyId ?? string.Empty, key.AsSpan(1 + experiment + 1));
        return key;
    }
}

/// <summary>Whose subjects are counted together: those of an experiment under one pseudonym key.</summary>
/// <param name="Experiment">The experiment.</param>
/// <param name="KeyId">The id of the pseudonym key; null if there is none.</param>
internal readonly record struct RunKey(string Experiment, string? KeyId);
