"""VROOM alone, by way of pyvroom in its own environment. Law: imports neither Doorstep nor anything it brings.

Who may be visited by whom are skills, one a job. Tiers are priorities of 1 to 100, which VROOM adds up. It searches at
its most thorough and on two threads, and stops earlier where it has no more ideas.
"""

import json
import pickle
import sys
from datetime import timedelta

import numpy as np
import vroom

THREADS = 2
MOST_THOROUGH = 5


def asked(day):
    """Return VROOM's question."""
    question = vroom.Input()
    for number, matrix in enumerate(day["matrices"]):
        question.set_durations_matrix(f"p{number}", np.array(matrix, dtype="uint32"))
    for number, job in enumerate(day["jobs"]):
        early, late = job["window"]
        if early <= late:
            question.add_job(
                vroom.Job(
                    number,
                    location=job["place"],
                    default_service=job["service"],
                    delivery=[job["mass"]],
                    skills={number},
                    priority=100 if day["required"] else job["priority"],
                    time_windows=[(early, late)],
                )
            )
    for vehicle in day["vehicles"]:
        question.add_vehicle(
            vroom.Vehicle(
                vehicle["number"],
                start=vehicle["start"],
                end=vehicle["end"],
                profile=f"p{vehicle['profile']}",
                capacity=[vehicle["capacity"]],
                skills=set(vehicle["allowed"]),
                time_window=(vehicle["early"], vehicle["late"]),
                costs=vroom.VehicleCosts(fixed=vehicle["fixed"]),
            )
        )
    return question


def main():
    """Answer one question."""
    print("ready", flush=True)  # noqa: T201
    day, seconds, _ = pickle.load(sys.stdin.buffer)  # noqa: S301 - from the process that started this one
    found = asked(day).solve(MOST_THOROUGH, THREADS, timeout=timedelta(seconds=seconds))
    jobs = found.routes[found.routes["type"] == "job"]
    routes = [(int(v), [int(job) for job in some["id"]]) for v, some in jobs.groupby("vehicle_id", sort=True)]
    print(json.dumps({"routes": routes}), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
