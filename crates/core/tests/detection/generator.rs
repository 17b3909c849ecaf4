//! Rounds as a real target gives them: heavy tails, a day's rhythm, quiet weekends, bursts, outliers, slow drift.

use dualwatch_core::measure::{
    family::{Family, PerFamily},
    sample::{Phases, Sample},
    time::{DAY, HOUR, MINUTE, Timestamp},
};

/// xorshift64*: the same numbers on every machine.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// A number from 0 to 1.
    pub fn uniform(&mut self) -> f64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// About normal: mean 0, deviation 1.
    fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.uniform()).sum::<f64>() - 6.0
    }

    /// Above 0, with a heavy tail (Pareto, index 1.5): now and then a hundred times the usual.
    fn tail(&mut self) -> f64 {
        self.uniform().max(1e-6).powf(-1.0 / 1.5) - 1.0
    }
}

/// One target: the round trips over both families, and what the server needs.
pub struct World {
    dice: Dice,
    pub round_trip: PerFamily<f64>,
    pub server_ms: f64,
    pub transfer_ms: f64,
    pub uncached_ms: f64,
    drift: f64,
    busy_until: i64,
}

impl World {
    pub fn new(seed: u64) -> Self {
        Self {
            dice: Dice::new(seed),
            round_trip: PerFamily { ipv4: 38.0, ipv6: 41.0 },
            server_ms: 80.0,
            transfer_ms: 20.0,
            uncached_ms: 35.0,
            drift: 1.0,
            busy_until: 0,
        }
    }

    pub fn round(&mut self, at: Timestamp) -> PerFamily<Sample> {
        let ms = at.unix_ms();
        let hour = (ms.rem_euclid(DAY)) as f64 / HOUR as f64;
        let rhythm = 1.0 + 0.15 * ((hour - 14.0) / 24.0 * std::f64::consts::TAU).cos();
        let weekend = if ms.div_euclid(DAY).rem_euclid(7) < 2 { 0.9 } else { 1.0 };
        // The level wanders by some 3 % a week.
        self.drift = (self.drift * (1.0 + 0.0004 * self.dice.normal() * 0.6)).clamp(0.9, 1.1);
        // Three times a week the line is busy, for four minutes.
        if self.dice.uniform() < 3.0 / 10_080.0 {
            self.busy_until = ms + 4 * MINUTE;
        }
        let busy = if ms < self.busy_until { 1.6 } else { 1.0 };
        let server = self.server_ms * rhythm * weekend * self.drift * busy;
        let server = server * (0.18 * self.dice.normal()).exp();
        PerFamily::from_fn(|family| self.sample(family, server, busy))
    }

    fn sample(&mut self, family: Family, server: f64, busy: f64) -> Sample {
        let mut round_trip = *self.round_trip.get(family) * busy * (1.0 + 0.015 * self.dice.normal().abs());
        if self.dice.uniform() < 0.02 {
            round_trip += 3.0 * self.dice.tail();
        }
        if self.dice.uniform() < 0.003 {
            round_trip *= 12.0;
        }
        let is_cached = self.dice.uniform() < 0.8;
        let resolve = if is_cached { 0.8 + self.dice.uniform() } else { self.uncached_ms + 5.0 * self.dice.tail() };
        let (connect, tls) = (round_trip, round_trip * 1.05 + 3.0 + self.dice.uniform());
        let first_byte = round_trip + server + 2.0 * self.dice.tail();
        let total = resolve + connect + tls + first_byte + self.transfer_ms * (1.0 + 0.3 * self.dice.uniform());
        let phases = Phases {
            resolve: Some(resolve),
            connect: Some(connect),
            tls: Some(tls),
            first_byte: Some(first_byte),
            total: Some(total),
        };
        Sample { phases, ..Sample::reached() }
    }
}
